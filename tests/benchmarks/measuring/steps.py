"""Owed steps: how late they take effect, one by one and ten thousand at once; and whether any was wrong."""

import asyncio
import math
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tests.benchmarks.load.open_loop import send_steadily
from tests.benchmarks.measuring.bulk import LINES_A_CALL, import_reports
from tests.benchmarks.measuring.figures import percentile
from tests.benchmarks.product import COMPARING, Bench

IDLE_STEPS: Final = 200
IDLE_EVERY: Final = timedelta(milliseconds=40)
AHEAD: Final = timedelta(seconds=4)
PUT_EACH: Final = timedelta(milliseconds=0.2)
"""What putting one step may take."""
CHANGED_MEANWHILE: Final = 50
"""One in so many cases at most has changed between being found and being taken."""
POLL_SECONDS: Final = 0.1
RESTS_FOR: Final = 10
"""Counting cases that may be put took two thirds of a core from the ledger, which compares them meanwhile."""
SETTLED_SECONDS_MAX: Final = 180.0
COMPARED_SECONDS_MAX: Final = 300.0
CAUGHT_UP_SECONDS_MAX: Final = 60.0

ELIGIBLE_SHARE: Final = 0.8
"""Of the load's reports, at least: emergencies have their own ladder."""
IMPORTS_MAX: Final = 3
MAY_BE_PUT: Final = """
    c.state = 'dispatched' and c.urgency <> 'emergency' and c.whistles = 0 and c.lane = 'ordinary'
    and not exists (select from ledger.likenesses l where l.case_id = c.case_id and l.verdict = 'merge')
    and (exists (select from ledger.compared k where k.case_id = c.case_id)
        or coalesce(c.item <> all ((select items from ledger.comparing)::text[]), true))
"""
"""A case that is still to be compared may be merged, and a merged one owes nothing."""
MAY_FALL_DUE: Final = "k.kind = 'handling' and k.unit = c.lead and k.next_step = 'reminder' and k.cycle = 1"
"""Of short limits the reminder has come while the first measurements ran."""
THERE: Final = f"""
    select count(*) from ledger.cases c join ledger.clocks k using (case_id) where {MAY_BE_PUT} and {MAY_FALL_DUE}
"""
# Taken first, as everybody takes a case: whoever changed one between choosing and putting would move its clocks' rows.
TAKE: Final = f"""
    select c.case_id from ledger.cases c join ledger.clocks k using (case_id) where {MAY_BE_PUT} and {MAY_FALL_DUE}
    limit $1 for update of c skip locked
"""
CHOSEN: Final = f"""
    select k.ctid::text from unnest($1::uuid[]) as t (case_id) join ledger.cases c using (case_id)
    join ledger.clocks k using (case_id) where {MAY_FALL_DUE} limit $2
"""
# The limits of running cases are put so that their lead's handling step is due when it suits: the real clock runs on.
# By the rows' places: the tables are fresh and have no statistics, and by what PostgreSQL chose then, putting by key
# took from 1 to 260 s.
PUT: Final = """
    update ledger.clocks k
    set due_at = $2::timestamptz + (place - 1) * $3::interval, next_at = $2::timestamptz + (place - 1) * $3::interval,
        next_step = 'limit'
    from unnest($1::text[]::tid[]) with ordinality as g (row, place)
    where k.ctid = g.row
"""
BY_PLACE: Final = "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off"

TAKEN: Final = "select count(*) from ledger.steps where kind = 'handling' and step = 'limit' and owed_at >= $1"
SEEN: Final = """
    select case_id, owed_at from ledger.steps
    where kind = 'handling' and step = 'limit' and owed_at >= $1 and not case_id = any ($2::uuid[])
"""
CALLED: Final = """
    select count(distinct case_id) from ledger.whistle_calls join ledger.whistles w using (case_id, number)
    where w.blown_at >= $1
"""
BEHIND: Final = "select count(*) from ledger.clocks where next_at < clock.now() - interval '5 seconds'"
WRONG: Final = f"""
    select
        (select count(*) from ledger.steps where effective_at < owed_at) as early,
        (select count(*) from (
            select from ledger.facts f where f.topic = 'case.progressed.v1' group by event_id having count(*) > 1) t
        ) as twice,
        ({BEHIND}) as missed,
        (select count(*) from ledger.steps s join ledger.clocks k using (case_id, kind, unit, cycle)
            where k.stopped_at < s.owed_at) as false
"""


async def measure_single_steps(bench: Bench, bodies: Sequence[str]) -> None:
    """Note how long after its instant a step is committed, while nothing else happens."""
    await _have(bench, bodies, IDLE_STEPS)
    first, _ = await _put(bench, IDLE_STEPS, IDLE_EVERY)
    seen: dict[object, float] = {}
    ends = time.monotonic() + (AHEAD + IDLE_STEPS * IDLE_EVERY).total_seconds() + 5
    while len(seen) < IDLE_STEPS and time.monotonic() < ends:
        rows = await bench.connection.fetch(SEEN, first, list(seen))
        now: datetime = await bench.connection.fetchval("select clock_timestamp()")
        seen |= {row["case_id"]: (now - row["owed_at"]).total_seconds() for row in rows}
        await asyncio.sleep(POLL_SECONDS / 20)
    lateness = list(seen.values())
    note = f"{len(lateness)} of {IDLE_STEPS} steps, seen as committed rows"
    bench.report.found(note, step_p99_ms=1000 * percentile(lateness, 0.99))
    bench.report.detail(step_p50_ms=1000 * percentile(lateness, 0.5))


async def measure_many_steps(bench: Bench, bodies: Sequence[str], count: int, goal: str) -> None:
    """Note how long it takes until `count` steps, due at one instant, have taken effect with their whistles."""
    await _have(bench, bodies, count)
    due, cases = await _put(bench, count)
    seconds = await _until_taken(bench, due, cases)
    called = await bench.connection.fetchval(CALLED, due)
    note = f"{cases} steps due at one instant, {called} whistles in the queues"
    if cases < count:
        bench.report.missing(goal, f"only {cases} cases were there")
        bench.report.detail(**{f"{goal}_of_{cases}": seconds})
    else:
        bench.report.found(note, **{goal: seconds})


async def measure_steps_under_load(bench: Bench, bodies: Sequence[str], count: int, per_second: float) -> None:
    """Note the same for a long holiday's end, and intake's answers meanwhile."""
    await _have(bench, bodies, count)
    due, cases = await _put(bench, count)
    ahead = (due - await bench.now()).total_seconds()
    settling = asyncio.create_task(_until_taken(bench, due, cases))
    sent = await send_steadily(bench.route.url, bodies, per_second=per_second, seconds=ahead + 20)
    seconds = await settling
    if cases < count:
        bench.report.missing("steps_100k_s", f"only {cases} cases were there")
        bench.report.detail(steps_100k_cases=float(cases), steps_100k_seconds=seconds)
        return
    p99 = 1000 * percentile(sent.answer_seconds, 0.99)
    bench.report.found(f"{per_second:g} reports/s meanwhile", steps_100k_s=seconds, answer_p99_during_100k_ms=p99)


async def count_wrong_steps(bench: Bench) -> None:
    """Note steps that were early, twice, missed or false, of all this run has seen.

    Before, what earlier loads have let fall due meanwhile is settled; how much that was is noted, too.
    """
    behind: int = await bench.connection.fetchval(BEHIND)
    bench.report.detail(steps_behind_at_the_end=float(behind))
    ends = time.monotonic() + CAUGHT_UP_SECONDS_MAX
    while behind and time.monotonic() < ends:
        behind = await bench.connection.fetchval(BEHIND)
    row = await bench.connection.fetchrow(WRONG)
    bench.report.found(", ".join(f"{name} {count}" for name, count in row.items()), wrong_steps=float(sum(row)))


async def _have(bench: Bench, bodies: Sequence[str], count: int) -> None:
    """Import what is missing to so many cases whose step can be put; return when so many are there.

    Of what is imported some is merged and some is an emergency: how many, only the import tells.
    """
    for _ in range(IMPORTS_MAX):
        if (there := await _there(bench, count)) >= count:
            return
        await import_reports(bench, bodies, math.ceil((count - there) / (ELIGIBLE_SHARE * LINES_A_CALL)))
    await _there(bench, count)


async def _there(bench: Bench, count: int) -> int:
    """Wait until so many cases may be put, or nothing is left that could become so; return how many may."""
    ends = time.monotonic() + COMPARED_SECONDS_MAX
    while True:
        asked = time.monotonic()
        owed: bool = await bench.connection.fetchval(COMPARING)
        there: int = await bench.connection.fetchval(THERE)
        if there >= count or not owed or time.monotonic() > ends:
            return there
        await asyncio.sleep(max(10 * POLL_SECONDS, RESTS_FOR * (time.monotonic() - asked)))


async def _put(bench: Bench, count: int, every: timedelta = timedelta(0)) -> tuple[datetime, int]:
    """Let so many steps fall due, all at one instant or one after the other; return the first instant and how many.

    Raises:
        RuntimeError: putting took so long that the first were due before they were there.
    """
    async with bench.connection.transaction():
        taken = [row[0] for row in await bench.connection.fetch(TAKE, count + count // CHANGED_MEANWHILE)]
        await bench.connection.execute(BY_PLACE)
        chosen = [row[0] for row in await bench.connection.fetch(CHOSEN, taken, count)]
        due: datetime = await bench.now() + AHEAD + len(chosen) * PUT_EACH
        told = await bench.connection.execute(PUT, chosen, due, every)
    if (late := await bench.now() - due) > timedelta(0):
        raise RuntimeError(f"the steps were put {late.total_seconds():.1f} s after they were due")
    return due, int(told.rpartition(" ")[2])


async def _until_taken(bench: Bench, due: datetime, cases: int) -> float:
    ends = time.monotonic() + (due - await bench.now()).total_seconds() + SETTLED_SECONDS_MAX
    while await bench.connection.fetchval(TAKEN, due) < cases:
        if time.monotonic() > ends:
            raise TimeoutError(f"of {cases} steps some did not take effect within {SETTLED_SECONDS_MAX:g} s")
        await asyncio.sleep(POLL_SECONDS)
    now: datetime = await bench.connection.fetchval("select clock_timestamp()")
    return (now - due).total_seconds()
