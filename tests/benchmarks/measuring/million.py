"""A ledger of a million cases: what the same load loses against a small one."""

from collections.abc import Sequence
from typing import Final

from tests.benchmarks.growth.filling import Filling
from tests.benchmarks.growth.sample import take_sample
from tests.benchmarks.product import Bench
from tests.benchmarks.route import measure

CASES: Final = 1_000_000


async def measure_million(bench: Bench, bodies: Sequence[str], seconds: float) -> None:
    """Fill the ledger, load it as before, and note how many per cent slower it is."""
    before = bench.report.values.get("queue_cases_per_s")
    if before is None:
        bench.report.missing("million_loss_percent", "throughput on a small ledger was not measured")
        return
    filling = await Filling.of(bench)
    await filling.remember(await take_sample(bench, bodies))
    await filling.fill_up_to(CASES)
    await filling.close()
    measured = await measure(bench.route, bodies, seconds)
    note = f"{measured.cases_per_s:.0f} cases/s with {CASES:,} cases, {before:.0f} before"
    bench.report.found(note, million_loss_percent=100 * (1 - measured.cases_per_s / before))
