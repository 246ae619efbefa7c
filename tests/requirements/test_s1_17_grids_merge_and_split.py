"""S1-17: grid merge/split with validity dates; case of last year shows the old grid."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Final

import pytest
from msgspec.structs import replace

from services.contracts.events import Place
from services.desk.pages.naming import Names
from services.ledger.domain.life.acts import Reject
from services.ledger.store.acting import Asking
from services.reference.model.organisation import Unit
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.town import MORNING, UNITS, a_version, square, unit
from tests.wire.ledger.moving_town import Town, a_town

pytestmark = pytest.mark.postgres

NEW_YEAR: Final = date(2027, 1, 1)
BEGINS: Final = datetime.fromisoformat("2027-01-01T00:00:00+08:00")
MERGED: Final = {"grid-0101-01", "grid-0101-02"}
SPLIT: Final = {"grid-0201-01"}
PLACES: Final = "select number, decision #>> '{report,place,grid}' from ledger.cases order by number"
FIRST_FACTS: Final = "select case_id, body from ledger.facts where version = 1 order by case_id"


def at(longitude: float, grid: str, community: str, subdistrict: str) -> Place:
    return Place(longitude=longitude, latitude=41.005, grid=grid, community=community, subdistrict=subdistrict)


WEST: Final = at(113.105, "grid-0101-01", "com-0101", "sub-01")
EAST: Final = at(113.115, "grid-0101-02", "com-0101", "sub-01")
LEFT: Final = at(113.1225, "grid-0201-01", "com-0201", "sub-02")
RIGHT: Final = at(113.1275, "grid-0201-01", "com-0201", "sub-02")


def reorganised() -> tuple[Unit, ...]:
    """Return the units with their days: two grids become one, another becomes two."""
    ended = tuple(
        replace(one, valid_to=NEW_YEAR, name_zh=f"原{one.id}") if one.id in MERGED | SPLIT else one for one in UNITS
    )
    merged = (*square(113.10, 41.00), *square(113.11, 41.00))
    return (
        *ended,
        unit("grid-0101-03", "grid", "grid-0101", grid_level=3, valid_from=NEW_YEAR, polygons=merged),
        unit("grid-0201-02", "grid", "com-0201", valid_from=NEW_YEAR, polygons=square(113.12, 41.00, 0.005)),
        unit("grid-0201-03", "grid", "com-0201", valid_from=NEW_YEAR, polygons=square(113.125, 41.00, 0.005)),
    )


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(organisation=UNITS), MORNING) as town:
        for name, place in {"1-ended": WEST, "2-west": WEST, "3-east": EAST, "4-left": LEFT, "5-right": RIGHT}.items():
            await town.open(name, place=replace(place, latitude=41.003))
        await end(town, "1-ended")
        yield town


async def end(town: Town, name: str) -> None:
    """Let the center end a case, so that nothing of it is pending when the year turns."""
    act = Reject(because="statutory_channel", explanation="应通过诉讼解决")
    token = town.tokens["center_leader"]
    await town.acting.perform(Asking(token_hash=token, case_id=an_id(name), act=act, if_match=1, key=name))


async def grids(town: Town) -> dict[str, str]:
    return {number.removeprefix("20260302-"): grid for number, grid in await town.rows(PLACES)}


async def turn_the_year(town: Town) -> None:
    await town.publish(a_version(organisation=reorganised()), BEGINS)
    town.at(BEGINS)
    await town.reference.refresh()
    await town.moving.move_due()


async def test_last_years_case_shows_last_years_grid(town: Town) -> None:
    stated = await town.rows(FIRST_FACTS)

    await turn_the_year(town)

    assert (await grids(town))["1-ended"] == "grid-0101-01"
    assert await town.rows(FIRST_FACTS) == stated
    names = Names(town.reference)
    assert names.kind_of("grid-0101-01") == ""  # it exists no longer, and still has its name
    assert names.unit("grid-0101-01") == "原grid-0101-01"


async def test_open_cases_lie_in_the_grid_that_has_their_point_now(town: Town) -> None:
    await turn_the_year(town)

    assert (await grids(town)).items() >= {
        "2-west": "grid-0101-03",
        "3-east": "grid-0101-03",
        "4-left": "grid-0201-02",
        "5-right": "grid-0201-03",
    }.items()


async def test_a_new_report_falls_into_the_new_grid(town: Town) -> None:
    before = await town.reference.at(MORNING)
    await turn_the_year(town)
    after = await town.reference.at(BEGINS)

    points = [(place.longitude or 0.0, 41.003) for place in (WEST, EAST, LEFT, RIGHT)]
    assert [before.organisation.grid_at(*point) for point in points] == [
        *("grid-0101-01", "grid-0101-02", "grid-0201-01", "grid-0201-01")
    ]
    assert [after.organisation.grid_at(*point) for point in points] == [
        *("grid-0101-03", "grid-0101-03", "grid-0201-02", "grid-0201-03")
    ]
