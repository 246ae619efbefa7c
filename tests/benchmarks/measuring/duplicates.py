"""The same load with nothing alike in it, and with a fifth of it about something reported before (S4-03, X-11)."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from tests.benchmarks.load.alike import apart, with_duplicates
from tests.benchmarks.product import Bench
from tests.benchmarks.route import Measured, bodies_for, first_id, measure_sent_once

KINDS: Final[Mapping[str, Callable[[int, str], list[str]]]] = {"apart": apart, "with_duplicates": with_duplicates}
TURNS: Final = ("apart", "with_duplicates", "with_duplicates", "apart")
"""There and back, so that neither kind has the colder system or the emptier tables."""
SECONDS: Final = 15.0
SECONDS_QUICK: Final = 8.0
LOOKED_BEHIND_SECONDS: Final = 180.0
LOOKED_BEHIND_SECONDS_QUICK: Final = 10.0
FOUND: Final = """
    select count(*) as cases, count(*) filter (where c.decision #>> '{report,repeats}' is not null) as said_again,
        count(*) filter (where c.state = 'merged') as merged,
        count(*) filter (where exists (
            select from ledger.likenesses l where l.case_id = c.case_id and l.verdict = 'propose')) as proposed
    from ledger.cases c where c.case_id >= $1
"""


async def measure_duplicates(bench: Bench) -> None:
    """Note the throughput with duplicates as a share of that without any, both under the policy that ships."""
    since = first_id(await bench.now())
    measured: dict[str, list[Measured]] = {kind: [] for kind in KINDS}
    for turn, kind in enumerate(TURNS):
        measured[kind].append(await _measured(bench, kind, f"turn {turn} of {since}"))
    per_second = {kind: _per_second(turns) for kind, turns in measured.items()}
    cpu_us = {kind: _cpu_us(turns) for kind, turns in measured.items()}
    bench.report.detail(
        **{f"{kind}_cases_per_s": figure for kind, figure in per_second.items()},
        **{f"{kind}_cpu_us_per_case": figure for kind, figure in cpu_us.items()},
        duplicates_sustained=all(one.is_sustained for turns in measured.values() for one in turns),
    )
    share = 100 * per_second["with_duplicates"] / per_second["apart"]
    cpu = 100 * cpu_us["with_duplicates"] / cpu_us["apart"]
    note = f"{per_second['with_duplicates']:.0f} of {per_second['apart']:.0f} cases/s; CPU per case {cpu:.0f} %"
    bench.report.found(note, throughput_with_duplicates=share)
    await _look_behind(bench, since)


async def _measured(bench: Bench, kind: str, salt: str) -> Measured:
    seconds = SECONDS_QUICK if bench.quick else SECONDS
    measured = await measure_sent_once(bench.route, KINDS[kind](bodies_for(seconds), salt), seconds)
    bench.report.cpu[kind] = measured.cpu_us_per_case
    return measured


def _per_second(turns: Sequence[Measured]) -> float:
    return sum(one.cases for one in turns) / sum(one.seconds for one in turns)


def _cpu_us(turns: Sequence[Measured]) -> float:
    return sum(one.cpu_us * one.cases for one in turns) / sum(one.cases for one in turns)


async def _look_behind(bench: Bench, since: UUID) -> None:
    """Wait for a while until what came is compared and merged; note how far that is."""
    began = time.monotonic()
    compared = await bench.all_is_compared(LOOKED_BEHIND_SECONDS_QUICK if bench.quick else LOOKED_BEHIND_SECONDS)
    found = await bench.connection.fetchrow(FOUND, since)
    counts = {f"duplicates_{what}": float(count) for what, count in found.items()}
    bench.report.detail(**counts, duplicates_caught_up=compared, duplicates_looked_behind_s=time.monotonic() - began)
