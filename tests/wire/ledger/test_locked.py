"""Who comes second: waits for the row, sees what the first did and the time it is then; the tables refuse the rest."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from services.ledger.domain.settling import settle
from services.ledger.domain.state import AssignmentRow
from services.ledger.domain.taken import TakenCase
from services.ledger.store.taking import Taken, take
from services.ledger.store.writing import WRITE, changes_of, write
from tests.builders import a_city, a_dispatched_case, a_report, an_id
from tests.environment.database import Database
from tests.waiting import eventually
from tests.wire.desk.office import Office, an_office, token_of

pytestmark = pytest.mark.postgres

OVERDUE = datetime(2026, 3, 3, 1, tzinfo=UTC)
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        await office.open("case")
        office.at(OVERDUE.isoformat())
        yield office


@pytest.fixture
async def two(database: Database, office: Office) -> AsyncIterator[Sequence[Any]]:
    """Two connections of the ledger, after the case was opened."""
    connections = [await asyncpg.connect(database.dsn("ledger_writer")) for _ in range(2)]
    yield connections
    for connection in connections:
        connection.terminate()


async def taken_case(connection: Any) -> Taken:
    taken = await take(connection, [an_id("case")])
    assert taken is not None
    return taken


def settled(taken: Taken) -> TakenCase:
    (case,) = taken.cases
    settle(case, taken.now, a_city())
    return case


async def write_as_it_is(connection: Any, case: TakenCase) -> None:
    """Write rows of a case that states nothing."""
    changes, bodies = changes_of([case])
    await connection.execute(WRITE, msgspec.json.encode(changes).decode(), bodies, None)


async def test_who_comes_second_waits_and_then_sees_what_was_done_and_what_time_it_is(
    office: Office, two: Sequence[Any]
) -> None:
    first, second = two
    async with first.transaction():
        case = settled(await taken_case(first))
        waiting = asyncio.create_task(taken_case(second))
        await eventually(lambda: office.database.run_sql(WAITING).strip() == "1", within_seconds=30)
        office.at("2026-03-03 02:00:00+00")
        await write(first, [case])

    seen = await waiting

    assert seen.now == datetime(2026, 3, 3, 2, tzinfo=UTC)
    assert seen.cases[0].case.version == case.case.version > 1


async def test_what_was_decided_on_an_older_version_is_not_written(two: Sequence[Any]) -> None:
    early, late = [settled(await taken_case(connection)) for connection in two]
    await write(two[0], [early])

    with pytest.raises(asyncpg.SerializationError):
        await write(two[1], [late])


async def test_what_is_somebody_elses_is_not_written(office: Office, two: Sequence[Any]) -> None:
    case = settled(await taken_case(two[0]))

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not your case"):
        await write(two[0], [case], token_of("education").token_hash)
    assert office.count("ledger.steps") == 0
    await write(two[0], [case], token_of("drainage").token_hash)
    assert office.count("ledger.steps") == len(case.steps)


async def test_a_step_is_not_written_twice_whoever_tries(office: Office, two: Sequence[Any]) -> None:
    case = settled(await taken_case(two[0]))
    await write(two[0], [case])
    again = (await taken_case(two[0])).cases[0]
    again.steps = case.steps[:1]

    with pytest.raises(asyncpg.UniqueViolationError):
        await write_as_it_is(two[0], again)
    assert office.count("ledger.steps") == len(case.steps)


async def test_a_step_is_not_written_before_its_instant(two: Sequence[Any]) -> None:
    case = settled(await taken_case(two[0]))
    case.steps[0].effective_at = datetime(2026, 3, 2, 1, tzinfo=UTC)

    with pytest.raises(asyncpg.CheckViolationError, match="never_early"):
        await write(two[0], [case])


def part(case: TakenCase, unit: str, attempt: int = 9) -> AssignmentRow:
    lead = case.lead_assignment()
    return msgspec.structs.replace(lead, unit=unit, handling_unit=unit, attempt=attempt)


async def test_a_second_lead_is_not_written_beside_the_first(two: Sequence[Any]) -> None:
    (case,) = (await taken_case(two[0])).cases
    case.add(part(case, "sanitation"))

    with pytest.raises(asyncpg.UniqueViolationError, match="one_lead_per_case"):
        await write_as_it_is(two[0], case)


async def test_an_accused_unit_is_not_given_a_part_whatever_was_decided(office: Office, two: Sequence[Any]) -> None:
    accusing = a_dispatched_case("accusing", report=a_report("accusing", accused=("sanitation",)))
    async with office.openings.gate() as gate:
        await gate.open_once([accusing])
    taken = await take(two[0], [an_id("accusing")])
    assert taken is not None
    case = taken.cases[0]
    row = part(case, "sanitation")
    row.role = "cooperating"
    case.add(row)

    with pytest.raises(asyncpg.CheckViolationError, match="an_accused_unit_gets_nothing"):
        await write_as_it_is(two[0], case)
