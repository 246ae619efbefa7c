"""A million past reports, from a file and from the database; seconds are printed, only the count is asserted."""

from pathlib import Path
from typing import Final

import asyncpg
import msgspec
import pytest

from deploy.embedded.waiting import run_apart
from services.contracts.events import ReportFacts
from services.ledger.store.cities import Cities
from services.ledger.store.opening import Openings
from services.reference.deciding.decide import decide
from services.reference.versions.cache import reference_cache
from services.reference.versions.past_reports import PastReport
from tests.benchmarks.load.past import past_reports, replayed, write_past_reports
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.test_default_rules import shipped
from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.test_load import load

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(1_800)]

REPORTS: Final = 1_000_000
DECIDED: Final = 2_000
"""Decided and opened; the others are copies of their rows under other ids."""
COPY: Final = """
    insert into ledger.cases ({columns})
    select (lpad(to_hex(g.n), 12, '0') || '-7000-8000-' || lpad(to_hex(g.n), 12, '0'))::uuid, 'C' || g.n, {copied}
    from generate_series(1, {wanted} - {decided}) as g (n)
    join (select *, row_number() over (order by case_id) - 1 as place from ledger.cases) t on t.place = g.n % {decided}
"""
COLUMNS: Final = """
    select column_name from information_schema.columns
    where table_schema = 'ledger' and table_name = 'cases' and is_generated = 'NEVER'
        and column_name not in ('case_id', 'number')
"""


@pytest.mark.parametrize("source", ["file", "database"])
def test_a_million_past_reports_are_replayed(
    whistle: CommandLine, database: Database, tmp_path: Path, source: str
) -> None:
    whistle.told(*load(whistle))
    if source == "file":
        write_past_reports(tmp_path / "past.ndjson", REPORTS, shipped().organisation)
        words = ("--reports", str(tmp_path / "past.ndjson"))
    else:
        run_apart(fill(database))
        words = ("--last", str(REPORTS))

    done = run_apart(replayed(whistle.environment, *words))

    assert (done.told["reports"], done.told["moved"]) == (REPORTS, 0)
    print(f"{source}: {REPORTS:,} in {done.wall_seconds:.1f} s, {done.cpu_seconds:.1f} s of CPU")  # noqa: T201 -- a figure


async def fill(database: Database) -> None:
    facts = [identified(number, report) for number, report in enumerate(past_reports(DECIDED, shipped().organisation))]
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4) as pool,
        reference_cache(pool) as reference,
    ):
        city, version = Cities(reference), await reference.version(1)
        for first in range(0, DECIDED, 500):
            async with Openings(pool, city).gate() as gate:
                await gate.open_once([decide(one, version, 1) for one in facts[first : first + 500]])
    connection = await asyncpg.connect(database.dsn("migrator"))
    columns = [row["column_name"] for row in await connection.fetch(COLUMNS)]
    told = {"columns": ", ".join(("case_id", "number", *columns)), "copied": ", ".join(f"t.{name}" for name in columns)}
    await connection.execute(COPY.format(**told, wanted=REPORTS, decided=DECIDED), timeout=900)
    await connection.execute("vacuum analyze ledger.cases", timeout=900)
    await connection.close()


def identified(number: int, past: PastReport) -> ReportFacts:
    """Return the report as intake would have sent it."""
    report = past.facts()
    place = shipped().organisation.place_of(report.place)
    case = an_id(f"past-{number}")
    return msgspec.structs.replace(report, report_id=case, case_id=case, number=f"P{number}", place=place)
