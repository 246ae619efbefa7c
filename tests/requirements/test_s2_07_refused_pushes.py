"""S2-07: 3 pushes (rejected task pushes of a department) -> appears in the next bulletin with case ids."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from services.appraisal.domain.bulletin import Shown
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.kept import KeptOff
from services.appraisal.domain.periods import Period, period_of
from services.appraisal.handlers import notice_of
from services.contracts.events import Explanation, NoticeIssued
from services.contracts.events.progress import Opened
from services.reference.deciding.decide import decide
from services.reference.model.appraising import AppraisalPolicy
from services.reference.model.duties import Duty
from tests.builders import an_id
from tests.unit.appraisal.stories import Story
from tests.unit.notify.facts import LIMITS
from tests.unit.reference.town import a_report, the_town

Facts = dict[str, str | int | float | bool | None]
ZONE = ZoneInfo("Asia/Shanghai")
MARCH, APRIL = period_of("2026-03", ZONE), period_of("2026-04", ZONE)


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


def kept_off(name: str, note: str, lead: str = "statistics") -> Story:
    """A case that a rule would have sent to the grassroots."""
    story = Story(name, march(6), march(10), lead=lead)
    opened = Opened(because=Explanation(rule="item-0203", notes=(note,)), limits=LIMITS)
    story.events[0] = msgspec.structs.replace(story.events[0], what=opened)
    return story


def a_refusal(name: str, refused: int = 1) -> NoticeIssued:
    facts: Facts = {
        "department": "statistics",
        "refused": refused,
        "refused_in_all": refused,
        "first": f"统计电梯 {name}",
    }
    return NoticeIssued(
        event_id=an_id(name), at=march(9), kind="task_refused", units=("statistics",), subject="退回", facts=facts
    )


def a_month(period: Period) -> Month:
    stories = [
        kept_off("1", "item 0203 is not on the duty list of com-0101"),
        kept_off("2", "sub-01 does not hold the power for item 0203"),
        kept_off("3", "cooperating police: nobody found at this place"),
        kept_off("4", "item 0203 is not on the duty list of com-0102", lead="drainage"),
    ]
    town = Town(version=1, policy=AppraisalPolicy(), names={"statistics": "统计局"}, kinds={"statistics": "department"})
    notices = [notice_of(a_refusal("one"))] if period is MARCH else []
    records = [record for story in stories if (record := story.record(period.ends)) is not None]
    return Month(period=period, weeks=(), records=records, refusals=notices, town=town)


def test_three_pushes_stand_in_the_months_bulletin_with_their_cases() -> None:
    bulletin = compile_bulletin(a_month(MARCH))
    drainage, statistics = bulletin.refused

    # Two cases that a rule would have sent down, and one task that the register of admissions refused.
    assert (statistics.department, statistics.name, statistics.refused) == ("statistics", "统计局", 3)
    assert [case for _, case in bulletin.cases_of(statistics.cases.list)] == [an_id("1"), an_id("2")]
    assert (statistics.tasks, statistics.notices) == (("统计电梯 one",), (an_id("one"),))
    assert (drainage.refused, drainage.cases) == (1, Shown("1", "drainage/refused"))


def test_a_month_without_pushes_lists_none() -> None:
    assert compile_bulletin(a_month(APRIL)).refused == ()


def test_the_notes_are_those_the_router_writes() -> None:
    """The words are the guards' own: whoever changes them there sees this fail."""
    duty = Duty(unit="sub-01", item="2401", admission="ZR-2", approved_on=date(2025, 12, 1))
    decision = decide(a_report(item="2401"), the_town(duty_lists=(duty,)), 1)
    story = kept_off("1", decision.because.notes[0], lead=decision.lead)

    (fact,) = story.facts()

    assert fact.body is not None
    assert fact.body.kept == (KeptOff("com-0101"),)
