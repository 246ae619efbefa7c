"""S2-05: split one subdistrict with 50 open cases: all land by location, deadlines same."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed, Place
from services.contracts.events.moves import Moved, UnitMoved
from services.reference.deciding.decide import decide
from services.reference.model.organisation import Unit
from tests.builders import a_report
from tests.environment.database import Database
from tests.unit.reference.town import MORNING, UNITS, a_version, unit
from tests.wire.ledger.moving_town import EPOCH, Town, a_town

WEST = Place(longitude=113.105, latitude=41.005, grid="grid-0101-01", community="com-0101", subdistrict="sub-01")
EAST = Place(longitude=113.115, latitude=41.005, grid="grid-0101-02", community="com-0101", subdistrict="sub-01")
SPLIT_AT = MORNING + timedelta(hours=1)
DUE = "select kind, started_at, due_at, next_step, next_at from ledger.clocks where stopped_at is null"
PARTS = "select role, state, opened_at, due_at from ledger.assignments where ended_at is null"
NEW = {"com-0101": "sub-01w", "grid-0101-02": "com-0102"}


def split() -> tuple[Unit, ...]:
    """Return the units after sub-01 ended: its west and its east are subdistricts of their own."""
    kept = (one for one in UNITS if one.id not in ("sub-01", "municipal_works@sub-01"))
    moved = (msgspec.structs.replace(one, parent=NEW.get(one.id, one.parent)) for one in kept)
    return (
        *moved,
        unit("sub-01w", "subdistrict", "district"),
        unit("sub-01e", "subdistrict", "district"),
        unit("com-0102", "community", "sub-01e"),
        unit("municipal_works@sub-01e", "branch_office", "municipal_works", serves="sub-01e"),
    )


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(), MORNING) as town:
        await town.open(*(f"west-{n}" for n in range(25)), item="1001", place=WEST)
        await town.open(*(f"east-{n}" for n in range(25)), item="1001", place=EAST)
        yield town


async def come_into_force(town: Town) -> None:
    await town.publish(a_version(organisation=split(), duty_lists=()), SPLIT_AT)
    town.at(SPLIT_AT)
    await town.moving.move_due()


async def test_fifty_open_cases_land_by_location_with_the_same_deadlines(town: Town) -> None:
    before = Counter(await town.rows(DUE))
    parts = Counter(await town.rows(PARTS))

    await come_into_force(town)

    ground = await town.rows("select split_part(number, '-', 2), lead, subdistrict from ledger.cases")
    assert Counter(ground) == {("west", "sub-01w", "sub-01w"): 25, ("east", "sub-01e", "sub-01e"): 25}
    assert Counter(await town.rows(DUE)) == before
    assert Counter(await town.rows(PARTS)) == parts
    assert await town.rows("select count(*) from ledger.assignments where unit = 'sub-01' and ended_at is null") == [
        (0,)
    ]


async def test_the_new_subdistrict_sees_the_case_and_the_fact_says_who_was_replaced(town: Town) -> None:
    await come_into_force(town)

    ((body,),) = await town.rows(
        """select body from ledger.facts f join ledger.cases c using (case_id)
        where c.number like '%-east-0' and f.version = 2"""
    )
    event = decode(body, CaseProgressed)
    assert isinstance(event.what, Moved)
    assert {UnitMoved("sub-01", "sub-01e")} <= {*event.what.units}
    assert event.what.because == ("units",)
    assert {"sub-01e", "com-0102"} <= {*event.units}
    assert "sub-01" not in event.units
    assert (event.place.subdistrict, event.place.community, event.place.grid) == ("sub-01e", "com-0102", "grid-0101-02")


async def test_steps_go_on_for_the_new_unit_each_once(town: Town) -> None:
    await come_into_force(town)
    town.at(SPLIT_AT + timedelta(days=3))

    while (await town.settling.settle_due(100)).steps:
        pass

    late = await town.rows("select distinct unit from ledger.steps where kind = 'handling' and step = 'limit'")
    assert {row[0] for row in late} >= {"sub-01e", "sub-01w"}
    assert "sub-01" not in {row[0] for row in late}
    twice = "select case_id from ledger.steps where kind = 'promise' group by case_id, step having count(*) > 1"
    assert await town.rows(twice) == []


async def test_who_is_accused_does_not_inherit_the_complaint(database: Database) -> None:
    async with a_town(database, a_version(), MORNING) as town:
        await town.open("accusing", item="1001", place=EAST, accused=("sub-01",))

        await come_into_force(town)

        ((lead, barred, units),) = await town.rows("select lead, barred_units, units from ledger.cases")
        assert "sub-01e" in barred
        assert lead != "sub-01e"
        assert "sub-01e" not in units


async def test_what_was_decided_before_the_split_and_opened_after_it_lands_by_location_too(town: Town) -> None:
    before = await town.reference.at(MORNING)
    late = [
        decide(a_report(name, item="1001", text=None, accepted_at=MORNING, place=place), before, EPOCH)
        for name, place in {"late-west": WEST, "late-east": EAST}.items()
    ]
    await come_into_force(town)

    async with town.openings.gate() as gate:
        await gate.open_once(late)

    opened = await town.rows("select lead, subdistrict, units from ledger.cases where number like '%late%'")
    assert sorted(row[:2] for row in opened) == [("sub-01e", "sub-01e"), ("sub-01w", "sub-01w")]
    assert not any("sub-01" in units for _, _, units in opened)
    assert await town.rows("select count(*) from ledger.clocks where unit = 'sub-01' and stopped_at is null") == [(0,)]
