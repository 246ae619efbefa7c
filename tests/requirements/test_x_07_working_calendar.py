"""X-07: working calendar: vectors incl. make-up days; a year without data is refused or provisional."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import msgspec
import pytest

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.contracts.events.moves import Moved
from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.model.catalogue import Item
from services.worktime.arithmetic import add, is_provisional
from services.worktime.calendar import CalendarDataError, UnknownYearError
from services.worktime.limits import Limit
from tests.environment.database import Database
from tests.unit.reference.town import HERE, ITEMS, a_version, calendars, item
from tests.unit.worktime.calendars import local
from tests.wire.ledger.moving_town import Town, a_town

FRIDAY = local("2026-02-13 17:00")
FESTIVAL = CalendarYear(
    region="CN-15",
    over="CN",
    year=2026,
    version=1,
    status="confirmed",
    source="自治区公告",
    holidays=(date(2026, 2, 27),),
    makeup_workdays=(date(2026, 3, 1),),
)
STEPS = "select kind, step, owed_at from ledger.steps order by version"
FIVE_DAYS: tuple[Item, ...] = (*ITEMS, item("5555", "drainage", limit="5wd"))


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(catalogue=FIVE_DAYS), FRIDAY) as town:
        yield town


@pytest.mark.parametrize(
    ("start", "four_hours", "one_day", "five_days"),
    [
        ("2026-02-13 17:00", "2026-02-14 11:00", "2026-02-14 17:00", "2026-02-27 17:00"),
        ("2026-02-14 10:00", "2026-02-14 16:00", "2026-02-24 10:00", "2026-02-28 10:00"),
        ("2026-05-09 11:30", "2026-05-09 17:30", "2026-05-11 11:30", "2026-05-15 11:30"),
        ("2026-09-30 16:30", "2026-10-08 10:30", "2026-10-08 16:30", "2026-10-13 16:30"),
        ("2026-10-10 17:30", "2026-10-12 11:30", "2026-10-12 17:30", "2026-10-16 17:30"),
    ],
    ids=["into-a-make-up-saturday", "over-spring-festival", "may", "over-national-day", "the-last-half-hour"],
)
def test_the_worked_vectors_of_2026(start: str, four_hours: str, one_day: str, five_days: str) -> None:
    calendar = calendar_of(calendars(), "working_hours")
    due = [add(local(start), Limit.parse(limit), calendar) for limit in ("4wh", "1wd", "5wd")]

    assert due == [local(four_hours), local(one_day), local(five_days)]


def test_by_the_end_of_the_day_is_the_other_meaning_of_a_working_day() -> None:
    calendar = calendar_of(calendars(), "end_of_day")

    assert add(FRIDAY, Limit.parse("1wd"), calendar) == local("2026-02-14 18:00")
    assert add(FRIDAY, Limit.parse("5wd"), calendar) == local("2026-02-27 18:00")


def test_a_region_lies_over_the_country() -> None:
    regional = calendar_of((*calendars(), FESTIVAL), "working_hours")

    assert regional.version == "CN-2026.1+CN-15-2026.1+CN-2027.1"
    assert add(local("2026-02-26 17:00"), Limit.parse("2wh"), regional) == local("2026-02-28 09:00")
    assert regional.is_working_day(date(2026, 3, 1))  # a Sunday made up
    with pytest.raises(CalendarDataError, match="lies over"):
        calendar_of((*calendars(), msgspec.structs.replace(FESTIVAL, over="TW")), "working_hours")


def test_a_year_without_data_is_refused_and_a_guessed_one_says_so() -> None:
    calendar = calendar_of(calendars(), "working_hours")
    december = local("2026-12-31 10:00")

    assert is_provisional(december, add(december, Limit.parse("5wd"), calendar), calendar)
    with pytest.raises(UnknownYearError, match="2028"):
        add(local("2027-12-31 10:00"), Limit.parse("5wd"), calendar)


async def test_when_the_notice_comes_pending_deadlines_move_and_the_case_says_so(town: Town) -> None:
    await town.open("pending", item="5555", place=HERE)
    assert set(await town.due()) == {local("2026-02-27 17:00")}
    notice = tuple(
        msgspec.structs.replace(year, version=2, holidays=(*year.holidays, date(2026, 2, 25)))
        for year in calendars()[:1]
    )

    begins = FRIDAY + timedelta(hours=1)
    await town.publish(a_version(catalogue=FIVE_DAYS, calendars=(*notice, *calendars()[1:])), begins)
    town.at(begins)
    assert await town.moving.move_due() == 1

    assert set(await town.due()) == {local("2026-02-28 17:00")}
    ((body,),) = await town.rows("select body from ledger.facts where version = 2")
    what = decode(body, CaseProgressed).what
    assert what == Moved(version=2, active_from=begins, because=("calendar",))
    assert await town.rows("select distinct calendar from ledger.clocks where kind = 'handling'") == [(2,)]


async def test_what_is_done_or_overdue_by_then_is_not_touched(town: Town) -> None:
    await town.open("overdue", item="5555", place=HERE)
    town.at(local("2026-03-02 09:00"))
    await town.settling.settle_due(10)
    due, taken = await town.due(), await town.rows(STEPS)
    assert ("handling", "limit", due[0]) in taken
    shorter = tuple(
        msgspec.structs.replace(
            year,
            version=2,
            makeup_workdays=(*year.makeup_workdays, date(2026, 2, 21)),
            holidays=tuple(set(year.holidays) - {date(2026, 2, 21)}),
        )
        for year in calendars()[:1]
    )

    begins = local("2026-03-02 10:00")
    await town.publish(a_version(catalogue=FIVE_DAYS, calendars=(*shorter, *calendars()[1:])), begins)
    town.at(begins)
    await town.moving.move_due()

    assert await town.due() == due
    assert (await town.rows(STEPS))[: len(taken)] == taken
