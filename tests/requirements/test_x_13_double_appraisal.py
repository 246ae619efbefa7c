"""X-13: whistle wrongly blown lowers the subdistrict's own "whistle accuracy"; who reported in is counted too."""

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.appraisal.domain.periods import period_of
from services.appraisal.domain.record import Record
from services.appraisal.domain.scores import whistle_work_of, whistling_of
from services.contracts.events.progress import ReportedIn, StepTaken, WhistleBlown
from services.contracts.events.whistles import Called, CallRefused, Whistle, WhistleFoundWrong
from tests.builders import an_id
from tests.unit.appraisal.stories import Story

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)


def march(day: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, 10, minute, tzinfo=ZONE)


def whistled(name: str, *units: str, subdistrict: str = "sub-01") -> Story:
    called = tuple(Called(unit, march(8, 30)) for unit in units)
    story = Story(name, march(2), march(6), subdistrict=subdistrict)
    return story.then(WhistleBlown(Whistle(1, "emergency", subdistrict, called)), march(8))


def records(*stories: Story) -> list[Record]:
    return [record for story in stories if (record := story.record(MARCH.ends)) is not None]


def test_a_wrong_whistle_lowers_its_subdistricts_accuracy() -> None:
    right = [whistled(str(number), "drainage") for number in range(3)]
    wrong = whistled("wrong", "drainage").then(WhistleFoundWrong(1, "可自行处置"), march(9))
    elsewhere = whistled("other", "drainage", subdistrict="sub-02")

    before = whistling_of(records(*right, elsewhere), MARCH)
    after = whistling_of(records(*right, wrong, elsewhere), MARCH)

    assert before["sub-01"].accuracy == 1
    assert after["sub-01"].accuracy == Fraction(3, 4)  # three right ones of four
    assert after["sub-01"].wrong == [an_id("wrong")]
    assert after["sub-02"].accuracy == 1


def test_a_subdistrict_that_never_whistled_has_no_accuracy() -> None:
    assert whistling_of(records(Story("1", march(2), march(6))), MARCH) == {}


def test_each_called_unit_came_in_time_late_not_at_all_or_declined() -> None:
    story = whistled("1", "drainage", "sanitation", "municipal_works", "traffic_police")
    story.then(ReportedIn(1, "drainage"), march(8, 29))
    for unit in ("sanitation", "municipal_works"):
        story.then(StepTaken("report_in", unit, 1, "no_show", march(8, 30)), march(8, 30))
    story.then(ReportedIn(1, "sanitation", late=True), march(8, 31))
    story.then(CallRefused(1, "traffic_police", "不在辖区"), march(8, 32))

    work = whistle_work_of(records(story), MARCH)

    case = [an_id("1")]
    assert work["drainage"].in_time == case
    assert (work["sanitation"].late, work["sanitation"].no_show) == (case, [])
    assert work["municipal_works"].no_show == case
    assert work["traffic_police"].declined == case


def test_nobody_answers_for_a_wrong_whistle() -> None:
    story = whistled("1", "drainage").then(ReportedIn(1, "drainage", late=True), march(8, 31))
    story.then(WhistleFoundWrong(1, "可自行处置"), march(9))

    assert whistle_work_of(records(story), MARCH) == {}
