"""A ledger of a million cases: what the same load loses against a small one."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

from tests.benchmarks.product import Bench
from tests.benchmarks.route import measure

CASES: Final = 1_000_000
CASES_A_ROUND: Final = 100_000
PROGRESS: Final = "  {done:,} of {all:,} cases, {seconds:.0f} s"

# Copies of cases of the load, closed long ago. Their ids are UUIDv7 of last year, in order, as they would have come.
CHOOSE: Final = """
    create temp table copies as
    select c.case_id as old_id, 'M' || ($2 + row_number() over ()) as number,
           (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 31536000000 + $2 + row_number() over ()), 12, '0')
            || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid as new_id
    from generate_series(1, ceil($1 / 1000.0)::int) turn,
         (select case_id from ledger.cases order by case_id limit 1000) c
    limit $1
"""
COLUMNS: Final = """
    select array_agg(column_name::text order by ordinal_position) from information_schema.columns
    where table_schema = 'ledger' and table_name = $1
"""
INSTEAD: Final[Mapping[str, Mapping[str, str]]] = {
    "cases": {
        "number": "m.number",
        "state": "'closed'",
        "closed_at": "t.opened_at",
        "whistle_open": "null",
        "supervision_open": "null",
    },
    "assignments": {"state": "'ended'", "ended_at": "t.opened_at"},
    "clocks": {"stopped_at": "t.started_at", "next_step": "null", "next_at": "null"},
    "facts": {},
}


async def measure_million(bench: Bench, bodies: Sequence[str], seconds: float) -> None:
    """Fill the ledger, load it as before, and note how many per cent slower it is."""
    before = bench.report.values.get("queue_cases_per_s")
    if before is None:
        bench.report.missing("million_loss_percent", "throughput on a small ledger was not measured")
        return
    await _fill(bench)
    measured = await measure(bench.route, bodies, seconds)
    note = f"{measured.cases_per_s:.0f} cases/s with {CASES:,} cases, {before:.0f} before"
    bench.report.found(note, million_loss_percent=100 * (1 - measured.cases_per_s / before))


async def _fill(bench: Bench) -> None:
    began = time.monotonic()
    for done in range(0, CASES, CASES_A_ROUND):
        async with bench.connection.transaction():
            await bench.connection.execute(CHOOSE.replace("$1", str(CASES_A_ROUND)).replace("$2", str(done)))
            for table, instead in INSTEAD.items():
                await bench.connection.execute(await _copy(bench, table, instead), timeout=600)
            await bench.connection.execute("drop table copies")
        told = PROGRESS.format(done=done + CASES_A_ROUND, all=CASES, seconds=time.monotonic() - began)
        bench.report.console.print(told)
    for table in INSTEAD:
        await bench.connection.execute(f"vacuum analyze ledger.{table}", timeout=600)
    await bench.connection.execute("checkpoint", timeout=600)


async def _copy(bench: Bench, table: str, instead: Mapping[str, str]) -> str:
    columns = [name for name in await bench.connection.fetchval(COLUMNS, table) if name != "case_id"]
    values = [instead.get(name, f"t.{name}") for name in columns]
    # Facts of later versions would meet nothing; the first one is what every case has.
    only = " where t.version = 1" if table == "facts" else ""
    return (
        f"insert into ledger.{table} (case_id, {', '.join(columns)}) select m.new_id, {', '.join(values)} "
        f"from copies m join ledger.{table} t on t.case_id = m.old_id{only}"
    )
