"""S4-09: worked example; ties; rating immutable after publishing, correction as a new entry."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from services.appraisal.domain.behind import behind_points
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.grades import MonthGrade, half_year_grade, month_grades
from services.appraisal.domain.periods import months_in, period_of, weeks_in
from services.appraisal.domain.points import mean_of, points_of, sum_of
from services.appraisal.store.publishing import (
    Graded,
    NotPublishedError,
    correct_grade,
    entries_of,
    graded_half_year,
    graded_month,
    graded_week,
    publish_drafted,
    publish_grades,
    published_months,
)
from services.contracts.events.progress import ReportedIn, StepTaken, WhistleBlown
from services.contracts.events.whistles import Called, Whistle, WhistleFoundWrong
from services.reference.model.appraising import AppraisalPolicy, Grading
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story
from tests.wire.appraisal.room import Room, a_room
from tests.wire.desk.office import person_sql, token_of

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)
WEEK_10 = period_of("2026-W10", ZONE)  # 2 to 8 March
GRADING = Grading()
UNITS = ("drainage", "sanitation", "municipal_works", "traffic_police", "education")
LEADER = ("a leader", "district_command_center", "center_leader")


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


def week_of_drainage() -> list[Story]:
    """Two closed in time, one late and sent back once, a content reporter, one whistle late, one not come to."""
    called = (Called("drainage", march(5)), Called("sanitation", march(5)))
    whistled = Story("4", march(2), march(12), lead="sanitation").then(
        WhistleBlown(Whistle(1, "public_demand", "sub-01", called)), march(4)
    )
    whistled.then(ReportedIn(1, "drainage", late=True), march(5))
    whistled.then(StepTaken("report_in", "sanitation", 1, "no_show", march(5)), march(5))
    return [
        Story("1", march(2), march(6)).closed(march(5)).called(march(6), "satisfied"),
        Story("2", march(2), march(6)).closed(march(6)),
        Story("3", march(2), march(4)).sent_back(march(3)).closed(march(5)),
        whistled,
        Story("5", march(2), march(6)).closed(march(5)).left_out(march(7)),
    ]


def a_month(stories: list[Story]) -> Month:
    records = [record for story in stories if (record := story.record(MARCH.ends)) is not None]
    town = Town(version=1, policy=AppraisalPolicy(), names={}, kinds=dict.fromkeys(UNITS, "department"))
    return Month(period=MARCH, weeks=weeks_in(MARCH, ZONE), records=records, refusals=[], town=town)


def a_week(stories: list[Story]) -> Month:
    return replace(a_month(stories), period=WEEK_10, weeks=(WEEK_10,))


def test_a_weeks_points_are_what_a_hand_counts() -> None:
    points = points_of(a_month(week_of_drainage()).records, WEEK_10)

    # 2 × 2 (in time) − 1 (late) − 2 (sent back) + 1 (content) − 1 (came late) = 1; the fifth case was left out.
    assert {kind: len(cases) for kind, cases in points["drainage"].items()} == {
        "closed_in_time": 2, "closed_late": 1, "sent_back": 1, "satisfied": 1, "came_late": 1,
    }  # fmt: skip
    assert sum_of(points["drainage"], GRADING) == 1
    assert sum_of(points["sanitation"], GRADING) == -3


def test_every_number_of_a_week_opens_the_cases_that_gave_it() -> None:
    behind = behind_points(a_week(week_of_drainage()))

    names = {number: number.rpartition("-")[2] for number, _ in behind.cases}
    assert {name: [names[behind.cases[place][0]] for place in places] for name, places in behind.lists.items()} == {
        "drainage/points": ["1", "1", "2", "3", "3", "4"],
        "drainage/points/closed_in_time": ["1", "2"],
        "drainage/points/closed_late": ["3"],
        "drainage/points/sent_back": ["3"],
        "drainage/points/satisfied": ["1"],
        "drainage/points/came_late": ["4"],
        "sanitation/points": ["4"],
        "sanitation/points/no_show": ["4"],
    }


def test_a_sensitive_case_gives_a_week_no_points_and_a_barred_one_is_counted_and_not_named() -> None:
    sensitive = Story("1", march(2), march(6), changes={"lane": "petition"}).closed(march(5))
    barred = Story("2", march(2), march(6), changes={"barred_units": ("sanitation",)}).closed(march(5))

    week = a_week([sensitive, barred])

    assert [(one.unit, one.points) for one in graded_week(week)] == [("drainage", Fraction(2))]
    assert behind_points(week).cases == ()
    assert [(one.unit, one.points) for one in graded_month(a_month([sensitive, barred]))] == [
        ("drainage", Fraction(2, len(weeks_in(MARCH, ZONE))))
    ]


def test_a_wrong_whistle_takes_points_of_the_street_and_none_of_whom_it_called() -> None:
    *_, whistled, _ = week_of_drainage()
    whistled.then(WhistleFoundWrong(1, "可自行处置"), march(6))

    points = points_of(a_month([whistled]).records, WEEK_10)

    assert {unit: sum_of(kinds, GRADING) for unit, kinds in points.items()} == {"sub-01": -2}


def test_a_month_has_the_weeks_that_end_in_it_and_each_week_one_month() -> None:
    assert [week.name for week in weeks_in(MARCH, ZONE)] == [f"2026-W{week:02}" for week in (9, 10, 11, 12, 13)]
    assert weeks_in(period_of("2026-04", ZONE), ZONE)[0].name == "2026-W14"  # 30 March to 5 April


def test_a_months_mean_counts_quiet_weeks() -> None:
    month = a_month(week_of_drainage())

    weeks = [points_of(month.records, week) for week in month.weeks]

    assert mean_of(weeks, "drainage", GRADING) == Fraction(1, 5)


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # Ten units: two places are advanced, one is backward.
        pytest.param([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], "aaooooooob", id="one-after-the-other"),
        pytest.param([9, 8, 8, 6, 5, 4, 3, 2, 1, 0], "aaaoooooob", id="a-tie-at-the-upper-border-is-advanced"),
        pytest.param([9, 8, 7, 6, 5, 4, 3, 2, 0, 0], "aaoooooooo", id="a-tie-at-the-lower-border-is-ordinary"),
        pytest.param([5] * 10, "a" * 10, id="all-the-same"),
        pytest.param([3], "a", id="alone"),
    ],
)
def test_units_with_the_same_points_have_the_same_grade_the_better_one(points: list[int], expected: str) -> None:
    given = {f"unit-{place}": Fraction(each) for place, each in enumerate(points)}

    grades = [grade[0] for grade in month_grades(given, GRADING).values()]

    assert "".join(grades) == expected


@pytest.mark.parametrize(
    ("months", "points", "grade"),
    [
        pytest.param(["advanced"] * 3 + ["ordinary"] * 3, Fraction(1), "good", id="three-advanced"),
        pytest.param(["advanced"] * 5 + ["backward"], Fraction(1), "fair", id="one-backward-is-not-good"),
        pytest.param(["advanced"] * 4 + ["backward"] * 2, Fraction(9), "poor", id="two-backward"),
        pytest.param(["advanced"] * 6, Fraction(-1, 5), "poor", id="negative-points"),
        pytest.param(["ordinary"] * 6, Fraction(3), "fair", id="ordinary"),
    ],
)
def test_a_half_year_is_graded_from_its_months_and_its_points(
    months: list[MonthGrade], points: Fraction, grade: str
) -> None:
    assert half_year_grade(months, points, GRADING) == grade


def test_what_grades_rest_on_is_policy() -> None:
    strict = Grading(advanced_share=Decimal("0.50"), backward_share=Decimal("0.50"))

    assert month_grades({"a": Fraction(2), "b": Fraction(1)}, strict) == {"a": "advanced", "b": "backward"}


@pytest.fixture
async def connection(database: Database) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    database.run_sql(person_sql(*LEADER) + person_sql("an operator", "district_command_center", "center_operator"))
    connection = await asyncpg.connect(database.dsn("operator"))
    yield connection
    await connection.close()


@pytest.mark.postgres
async def test_what_was_published_stays_and_a_correction_is_a_new_entry(
    connection: "asyncpg.Connection[asyncpg.Record]", database: Database
) -> None:
    leader, graded = token_of("a leader").token_hash, graded_month(a_month(week_of_drainage()))

    assert [(one.unit, one.grade) for one in graded] == [("drainage", "advanced"), ("sanitation", "ordinary")]
    assert await publish_grades(connection, MARCH, graded, leader) == 2
    with pytest.raises(NotPublishedError, match="published already"):
        await publish_grades(connection, MARCH, graded, leader)
    assert await correct_grade(connection, "2026-03", "sanitation", "advanced", "复核后未到场系误记", leader) == 2

    told = [(one["unit"], one["entry"], one["grade"]) for one in await entries_of(connection, "2026-03")]
    assert told == [("drainage", 1, "advanced"), ("sanitation", 1, "ordinary"), ("sanitation", 2, "advanced")]
    for statement in ("update appraisal.grades set grade = 'backward'", "delete from appraisal.grades"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        with pytest.raises(Exception, match="what was published stays"):  # not even the tables' owner
            database.run_sql(statement)


@pytest.mark.postgres
async def test_only_the_centers_leader_publishes_and_a_correction_says_why(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    graded = [Graded("drainage", "advanced", Fraction(1, 5))]

    with pytest.raises(NotPublishedError, match="leader"):
        await publish_grades(connection, MARCH, graded, token_of("an operator").token_hash)
    await publish_grades(connection, MARCH, graded, token_of("a leader").token_hash)
    with pytest.raises(NotPublishedError, match="says_why"):
        await correct_grade(connection, "2026-03", "drainage", "ordinary", "", token_of("a leader").token_hash)


@pytest.mark.postgres
async def test_a_half_year_takes_its_months_as_they_were_corrected(
    connection: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    half, leader = period_of("2026-H1", ZONE), token_of("a leader").token_hash
    months = months_in(half, ZONE)
    for month in months[:5]:
        await publish_grades(connection, month, [Graded("drainage", "ordinary", Fraction(1))], leader)
    with pytest.raises(NotPublishedError, match="2026-06"):
        await published_months(connection, half, ZONE)

    await publish_grades(connection, months[5], [Graded("drainage", "advanced", Fraction(7))], leader)
    for month in months[:2]:
        await correct_grade(connection, month.name, "drainage", "advanced", "漏计", leader)

    (graded,) = graded_half_year(await published_months(connection, half, ZONE), half, ZONE, GRADING)
    # January to May have 4 + 4 + 5 + 4 + 5 weeks of one point, June four of seven: 50 points in 26 weeks.
    assert (graded.unit, graded.grade, graded.points) == ("drainage", "good", Fraction(25, 13))
    assert await publish_grades(connection, half, [graded], leader) == 1
    with pytest.raises(NotPublishedError, match="published already"):
        await publish_grades(connection, half, [graded], leader)
    assert [(one["entry"], one["grade"]) for one in await entries_of(connection, "2026-H1")] == [(1, "good")]


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        room.at(WEEK_10.ends + timedelta(hours=1))
        yield room


@pytest.fixture
async def operator(room: Room) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(room.database.dsn("operator"))
    yield connection
    await connection.close()


@pytest.mark.postgres
async def test_a_weeks_points_are_published_once_and_corrected_by_an_entry_that_the_month_takes(
    room: Room, operator: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    leader = token_of("a leader").token_hash
    await room.keep(week_of_drainage())
    await room.compiler.tick()

    assert await publish_drafted(operator, "2026-W10", leader) == 2
    with pytest.raises(NotPublishedError, match="published already"):
        await publish_drafted(operator, "2026-W10", leader)
    with pytest.raises(NotPublishedError, match="no complete grades"):  # the week that runs
        await publish_drafted(operator, "2026-W11", leader)
    for points in ("7/2", "ordinary"):
        with pytest.raises(NotPublishedError, match="check"):
            await correct_grade(operator, "2026-W10", "drainage", points, "漏计", leader)
    assert await correct_grade(operator, "2026-W10", "drainage", "4", "第三件系误派", leader) == 2
    with pytest.raises(Exception, match="what was published stays"):
        room.database.run_sql("update appraisal.grades set points = '9'")

    told = [(one["unit"], one["entry"], one["grade"], one["points"]) for one in await entries_of(operator, "2026-W10")]
    # By hand above: 1 and -3; the correction says 4.
    assert told == [("drainage", 1, None, "1"), ("drainage", 2, None, "4"), ("sanitation", 1, None, "-3")]
    room.at(MARCH.ends + timedelta(hours=1))
    await room.another_process().tick()
    assert await publish_drafted(operator, "2026-03", leader) == 2
    month = {one["unit"]: one["points"] for one in await entries_of(operator, "2026-03")}
    assert month == {"drainage": "4/5", "sanitation": "-3/5"}  # five weeks end in March


@pytest.mark.postgres
async def test_a_week_is_not_published_while_the_ledger_stated_more(
    room: Room, operator: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    leader, stories = token_of("a leader").token_hash, week_of_drainage()
    room.state(*stories)
    await room.keep(stories[1:])
    await room.compiler.tick()

    with pytest.raises(NotPublishedError, match="still to come"):
        await publish_drafted(operator, "2026-W10", leader)
    await room.keep(stories[:1])
    with pytest.raises(NotPublishedError, match="not complete"):
        await publish_drafted(operator, "2026-W10", leader)
    await room.another_process().tick()
    assert await publish_drafted(operator, "2026-W10", leader) == 2


@pytest.mark.postgres
async def test_grades_are_not_published_when_what_they_rest_on_was_corrected_since(
    room: Room, operator: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    leader, half = token_of("a leader").token_hash, period_of("2026-H1", ZONE)
    room.at(half.ends + timedelta(hours=1))
    months = months_in(half, ZONE)
    for month in months[:5]:
        await publish_grades(operator, month, [Graded("drainage", "ordinary", Fraction(1))], leader)
    await room.compiler.tick()
    with pytest.raises(NotPublishedError, match="no complete grades"):
        await publish_drafted(operator, "2026-H1", leader)
    await publish_grades(operator, months[5], [Graded("drainage", "advanced", Fraction(1))], leader)
    await room.another_process().tick()

    await correct_grade(operator, "2026-06", "drainage", "backward", "误记", leader)
    with pytest.raises(NotPublishedError, match="not complete"):
        await publish_drafted(operator, "2026-H1", leader)
    await room.another_process().tick()
    assert await publish_drafted(operator, "2026-H1", leader) == 1
    assert await correct_grade(operator, "2026-H1", "drainage", "good", "复核", leader) == 2
    assert [one["grade"] for one in await entries_of(operator, "2026-H1")] == ["fair", "good"]
