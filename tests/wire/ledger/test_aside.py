"""One case that cannot be settled: it stands aside, and time goes on for the rest of the city."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from services.ledger.store.aside import ASIDE_MAX, ASIDE_SECONDS, Aside, CannotSettleError
from services.ledger.store.settling import Settled
from services.reference.deciding.decide import decide
from services.reference.model.modes import ModeClass, ModeProfile
from tests.builders import a_report, an_id
from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING, a_version, calendars
from tests.wire.ledger.moving_town import EPOCH, Town, a_town

FLOOD = ModeProfile(id="flood", name_zh="防汛", classes=(ModeClass(items=("0203",), limits={"handling": "2uh"}),))
LATE_IN_DECEMBER = datetime(2026, 12, 28, 1, tzinfo=UTC)
STEPS = "select count(*) from ledger.steps where case_id = $1"
APPLIED = "select applied_version from ledger.cases where case_id = $1"


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(profiles=(FLOOD,)), MORNING) as town:
        yield town


async def break_case(town: Town, name: str) -> None:
    """Let a case owe a step that its ladder has not: undecidable, like one in a year without a calendar."""
    broken = f"update ledger.clocks set next_step = 'no_show' where case_id = '{an_id(name)}' and kind = 'promise'"
    town.database.run_sql(broken)


async def test_the_others_steps_take_effect_and_the_broken_one_is_named(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    await town.open("broken", "sound", place=HERE)
    await break_case(town, "broken")
    town.at(MORNING + timedelta(days=30))

    settled = [await town.settling.settle_due(10) for _ in range(3)]

    assert [one.cases for one in settled] == [0, 1, 0]
    assert await town.rows(STEPS, an_id("broken")) == [(0,)]
    assert (await town.rows(STEPS, an_id("sound")))[0][0] > 0
    assert str(an_id("broken")) in capsys.readouterr().out
    assert town.settling.aside.cases() == {an_id("broken")}


async def test_a_mended_case_is_settled_after_its_while_aside(town: Town) -> None:
    await town.open("broken", place=HERE)
    [(owed,)] = await town.rows("select next_step from ledger.clocks where kind = 'promise'")
    await break_case(town, "broken")
    town.at(MORNING + timedelta(days=30))
    clock = [0.0]
    town.settling.aside.seconds = lambda: clock[0]
    await town.settling.settle_due(10)

    town.database.run_sql(f"update ledger.clocks set next_step = '{owed}' where next_step = 'no_show'")
    assert (await town.settling.settle_due(10)).cases == 0
    clock[0] = ASIDE_SECONDS + 1

    assert (await town.settling.settle_due(10)).cases == 1


async def test_who_repeats_the_broken_case_has_one_of_their_own_meanwhile(town: Town) -> None:
    await town.open("broken", place=HERE)
    await break_case(town, "broken")
    town.at(MORNING + timedelta(days=30))
    now = await town.now()
    again = a_report("again", text=None, accepted_at=now, place=HERE, repeats=an_id("broken"))

    async with town.openings.gate() as gate:
        opened = await gate.open_repeats([decide(again, await town.reference.at(now), EPOCH)])

    assert [case.case_id for case in opened] == [an_id("again")]
    assert await town.rows("select case_id, other, repeats from ledger.likenesses") == [
        (an_id("again"), an_id("broken"), True)
    ]


async def test_a_publication_moves_every_case_but_the_broken_one(town: Town) -> None:
    await town.open("broken", "sound", place=HERE)
    await break_case(town, "broken")
    switched = await town.switch("flood", "district", on=True)
    town.at(switched.active_from)
    await town.reference.refresh()

    await town.moving.move_due()

    assert await town.rows(APPLIED, an_id("sound")) == [(2,)]
    assert await town.rows(APPLIED, an_id("broken")) == [(1,)]


def test_when_too_many_cannot_be_settled_it_is_not_the_cases() -> None:
    aside = Aside(seconds=lambda: 0.0)
    for number in range(ASIDE_MAX):
        aside.put(CannotSettleError(an_id(f"case-{number}")))

    with pytest.raises(CannotSettleError):
        aside.put(CannotSettleError(an_id("one more")))


async def test_the_calendar_of_a_year_mends_what_fell_due_in_it_before_it_was_published(database: Database) -> None:
    this_year = a_version(calendars=tuple(year for year in calendars() if year.year == 2026))
    async with a_town(database, this_year, LATE_IN_DECEMBER) as town:
        await town.open("over new year", item="0203", place=HERE)
        town.at(LATE_IN_DECEMBER + timedelta(days=40))
        clock = [0.0]
        town.settling.aside.seconds = lambda: clock[0]
        before = [await town.settling.settle_due(10), await town.rows(STEPS, an_id("over new year"))]

        await town.publish(a_version(calendars=calendars()), await town.now() + timedelta(seconds=5))
        town.at(await town.now() + timedelta(minutes=1))
        await town.reference.refresh()
        clock[0] = ASIDE_SECONDS + 1
        after = await town.settling.settle_due(10)

        assert before == [Settled(), [(0,)]]
        assert (after.cases, after.steps > 0) == (1, True)
        assert await town.rows(APPLIED, an_id("over new year")) == [(2,)]
