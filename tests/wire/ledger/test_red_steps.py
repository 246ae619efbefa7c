"""Red steps of a month on real PostgreSQL: the third of a unit proposes an interview, once, whoever settles."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.environment.database import Database
from tests.wire.desk.office import Office, an_office

pytestmark = pytest.mark.postgres

PROPOSED = """
    select string_agg(p ->> 'unit', ',' order by p ->> 'unit')
    from ledger.cases c, jsonb_array_elements(c.proposals) p where p ->> 'because' = 'reds'
"""
CALLED = "drainage,municipal_works,sanitation"
OVERDUE = "2026-03-03 02:00:00+00"
NO_SHOW = "2026-03-04 03:00:00+00"


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        yield office


def proposed(office: Office) -> str:
    return office.database.run_sql(PROPOSED).strip()


async def no_shows(office: Office, *names: str) -> None:
    """Let the street whistle for the cases and nobody come."""
    await office.open(*names)
    await office.settle(OVERDUE)
    await office.settle(NO_SHOW)


async def test_two_red_steps_propose_nothing_the_third_an_interview_for_each_unit(office: Office) -> None:
    # Nobody came, and nobody handled it within twice the limit: two red steps for each.
    await no_shows(office, "one")
    after_two = proposed(office)

    office.at("2026-03-02 01:00:00+00")
    await no_shows(office, "two")

    assert (after_two, proposed(office)) == ("", CALLED)


async def test_a_fourth_one_does_not_propose_again_and_a_new_month_begins_with_none(office: Office) -> None:
    await no_shows(office, "one", "two", "three", "four")
    in_march = proposed(office)

    office.at("2026-04-01 01:00:00+00")
    await office.open("five", "six")
    await office.settle("2026-04-03 03:00:00+00")

    assert (in_march, proposed(office)) == (CALLED, CALLED)


async def test_of_two_who_settle_at_once_exactly_one_draws_the_third(office: Office) -> None:
    await office.open(*(f"case-{number}" for number in range(6)))
    await office.settle(OVERDUE)
    office.at(NO_SHOW)

    while any(settled.cases for settled in await asyncio.gather(*(office.settling.settle_due(1) for _ in range(3)))):
        pass

    assert proposed(office) == CALLED
