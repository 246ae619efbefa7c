"""What is asked of the system at each size."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.benchmarks.growth.document import Size
from tests.benchmarks.load.alike import apart
from tests.benchmarks.measuring.figures import percentile
from tests.benchmarks.measuring.latency import measure_latency
from tests.benchmarks.measuring.steps import measure_single_steps
from tests.benchmarks.product import Bench
from tests.benchmarks.route import bodies_for, measure_sent_once

LATENCY_SECONDS: Final = 10.0
PAGES: Final = 40

SIZES: Final = """
    select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid) as bytes
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('ledger', 'intake', 'vault', 'notify', 'appraisal', 'reconciler')
      and pg_total_relation_size(c.oid) > 1000000
    order by 2 desc
"""
COUNTS: Final = """
    select (select count(*) from ledger.cases), (select count(*) from ledger.cases where closed_at is null),
        (select count(*) from ledger.clocks)
"""
BUSIEST: Final = """
    select a.handling_unit from ledger.assignments a where a.ended_at is null and a.handling_unit = any ($1::text[])
    group by 1 order by count(*) desc limit 1
"""
SOME_CASES: Final = "select case_id from ledger.cases tablesample system (0.1) limit $1"
EXPLAINED: Final[Mapping[str, str]] = {
    "steps owed": """
        select c.case_id from ledger.clocks k join ledger.cases c using (case_id)
        where k.next_at <= (select clock.now()) order by k.next_at limit 1000
    """,
    "open cases of a subdistrict": """
        select case_id from ledger.cases where closed_at is null and subdistrict =
            (select subdistrict from ledger.cases where subdistrict is not null limit 1)
        order by accepted_at limit 50
    """,
    "queue of a department": """
        select a.case_id from ledger.assignments a join ledger.cases c using (case_id)
        where a.ended_at is null and a.handling_unit = (select handling_unit from ledger.assignments limit 1)
        order by a.due_at, a.case_id limit 51
    """,
    "facts of the last minute": """
        select case_id, version from ledger.facts where at > (select clock.now()) - interval '1 minute'
        order by at limit 1000
    """,
}


async def ask(bench: Bench, bodies: Sequence[str], seconds: float, name: str) -> Size:
    """Ask everything that does not stop a process."""
    connection = bench.connection
    cases, still_open, clocks = await connection.fetchrow(COUNTS)
    size = Size(name=name, cases=cases, open_cases=still_open, clocks=clocks)
    size.bytes_of = {row["name"]: row["bytes"] for row in await connection.fetch(SIZES)}
    size.figures["gib"] = sum(size.bytes_of.values()) / 2**30
    measured = await measure_sent_once(bench.route, apart(bodies_for(seconds), name), seconds)
    size.figures |= {
        "cases_per_s": measured.cases_per_s,
        "cpu_us": measured.cpu_us,
        "postgres_us": measured.cpu_us_per_case["postgres"],
        "queue_lag_s": measured.queue_lag_seconds,
    }
    size.figures |= {f"{process}_us": us for process, us in measured.cpu_us_per_case.items()}
    await measure_latency(bench, bodies, LATENCY_SECONDS)
    await measure_single_steps(bench, bodies)
    values = bench.report.values | bench.report.details
    for figure in ("answer_p99_ms", "queue_p99_ms", "feed_p99_ms", "step_p99_ms"):
        if figure in values:
            size.figures[figure] = float(values[figure])
    size.figures |= await _pages(bench)
    size.plans = {name: await _explained(connection, sql) for name, sql in EXPLAINED.items()}
    return size


async def _pages(bench: Bench) -> dict[str, float]:
    desk, token = bench.system.url("desk"), bench.center_token
    units = [unit for unit, role, lane in bench.people.tokens if role == "clerk" and lane == "ordinary"]
    unit = await bench.connection.fetchval(BUSIEST, units) or units[0]
    clerk = bench.people.token(unit, "clerk")
    cases = [row[0] for row in await bench.connection.fetch(SOME_CASES, PAGES)]
    return {
        "queue_page_p50_ms": percentile([await _get(bench, f"{desk}/api/v1/queue", clerk) for _ in range(PAGES)], 0.5),
        "case_page_p50_ms": percentile(
            [await _get(bench, f"{desk}/api/v1/cases/{case}", token) for case in cases], 0.5
        ),
        "snapshot_ms": await _get(bench, f"{bench.system.url('board')}/api/v1/board/snapshot", token),
    }


async def _get(bench: Bench, url: str, token: str) -> float:
    began = time.perf_counter()
    answer = await bench.http.get(url, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} from {url}: {answer.text[:200]}")
    return 1000 * (time.perf_counter() - began)


async def _explained(connection: Any, sql: str) -> list[str]:
    return [row[0] for row in await connection.fetch(f"explain (analyze, buffers, timing off) {sql}", timeout=120)]
