"""Owed steps: each once, in order, never early, never for work done in time."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events.progress import StepTaken
from services.ledger.domain.acts import Handle, SignIn
from services.ledger.domain.whistle.acts import ReportIn
from tests.builders import MONDAY_NOON, a_city
from tests.unit.ledger.cases import ANSWER, CaseInTest

MINUTE = timedelta(minutes=1)


def test_nothing_is_owed_before_its_instant() -> None:
    case = CaseInTest()
    first = min(clock.next_at for clock in case.taken.clocks if clock.next_at)

    assert case.settle(first - timedelta(microseconds=1)) == []
    assert case.settle(first) != []


def test_an_overdue_case_makes_the_street_whistle_once() -> None:
    case = CaseInTest()

    steps = case.settle(case.clock("handling", "drainage").due_at)

    whistles = [step.whistle for step in steps if step.whistle]
    assert [sorted(called.unit for called in whistle.called) for whistle in whistles] == [
        ["drainage", "municipal_works", "sanitation"]
    ]
    assert case.taken.case.whistle_open == 1


def test_a_department_that_never_reports_in_is_a_no_show_with_a_supervision_order() -> None:
    case = CaseInTest()
    case.settle(case.clock("handling", "drainage").due_at)
    case.act(ReportIn(place="桥西路口"), "drainage", after=timedelta(days=1, minutes=29))

    steps = case.settle(case.clock("report_in", "sanitation").due_at)

    no_shows = {step.unit: step.supervision for step in steps if step.step == "no_show"}
    assert set(no_shows) == {"municipal_works", "sanitation"}
    assert [order.number for order in no_shows.values() if order] == [1, 1]
    assert case.taken.case.supervisions == 1
    assert case.taken.call(1, "drainage").state == "reported_in"  # type: ignore[union-attr]


def test_while_a_whistle_is_open_the_promise_only_marks() -> None:
    case = CaseInTest(limits=CaseInTest().taken.decision.limits)
    case.settle(case.clock("handling", "drainage").due_at)

    steps = case.settle(case.clock("promise").due_at)

    promised = [step for step in steps if step.clock == "promise" and step.step == "limit"]
    assert [(step.marks_only, step.whistle) for step in promised] == [(True, None)]


def test_work_done_in_time_is_never_punished() -> None:
    case = CaseInTest()
    due_at = case.clock("handling", "drainage").due_at
    case.act(SignIn(), "drainage", after=MINUTE)
    case.act(Handle(**ANSWER), "drainage", after=due_at - MONDAY_NOON - MINUTE)

    late = case.settle(due_at + timedelta(days=30))

    assert not [step for step in late if step.clock == "handling" and step.unit == "drainage"]


def test_late_work_does_not_erase_the_step() -> None:
    case = CaseInTest()
    due_at = case.clock("handling", "drainage").due_at
    case.act(SignIn(), "drainage", after=MINUTE)
    case.act(Handle(**ANSWER), "drainage", after=due_at - MONDAY_NOON + MINUTE)

    taken = [step.step for step in case.taken.steps if step.kind == "handling" and step.unit == "drainage"]
    assert taken == ["reminder", "limit"]


def test_a_subdistrict_that_leads_is_supervised_by_the_center_instead() -> None:
    case = CaseInTest(lead="sub-01", cooperating=("sanitation",))

    steps = case.settle(case.clock("handling", "sub-01").due_at)

    limit = next(step for step in steps if step.step == "limit" and step.unit == "sub-01")
    assert limit.whistle is None
    assert limit.supervision is not None


def test_an_emergency_is_whistled_within_the_half_hour_limit() -> None:
    limits = CaseInTest().taken.decision.limits
    case = CaseInTest(
        urgency="emergency",
        limits=type(limits)(promise="3uh", sign_in="0.25uh", handling="2uh", verification="4uh", follow_up="1d"),
    )

    steps = case.settle(case.clock("handling", "drainage").due_at)

    whistle = next(step.whistle for step in steps if step.whistle)
    assert whistle.kind == "emergency"
    assert {called.due_at - case.clock("handling", "drainage").due_at for called in whistle.called} == {30 * MINUTE}


@given(pauses=st.lists(st.integers(min_value=1, max_value=5_000), min_size=1, max_size=12))
def test_however_often_time_is_asked_the_steps_are_the_same(pauses: list[int]) -> None:
    often, once = CaseInTest(), CaseInTest()
    now = MONDAY_NOON
    for pause in pauses:
        now += pause * MINUTE
        often.settle(now)
    once.settle(now)

    def keys(case: CaseInTest) -> set[tuple[object, ...]]:
        by_a_step = {"report_in", "result"}  # they start when that step took effect, not when it was owed
        return {
            (step.kind, step.unit, step.cycle, step.step, step.owed_at)
            for step in case.taken.steps
            if step.kind not in by_a_step and step.step != "supervision"
        }

    assert keys(often) == keys(once)
    assert all(step.effective_at >= step.owed_at for step in often.taken.steps)
    assert [stated.version for stated in often.taken.facts] == list(range(2, len(often.taken.facts) + 2))
    for stated in often.taken.facts:
        assert isinstance(stated.event.what, StepTaken)  # type: ignore[attr-defined]


@pytest.mark.parametrize("automatic", [True, False], ids=["blown-by-the-clock", "left-to-the-street"])
def test_the_policy_says_whether_the_clock_blows(automatic: bool) -> None:  # noqa: FBT001 (a parameter of the table)
    case = CaseInTest(whistle_automatic=automatic)

    case.settle(case.clock("handling", "drainage").due_at)

    assert (case.taken.case.whistle_open is not None) == automatic


@pytest.mark.parametrize(
    ("before", "proposals"),
    [
        pytest.param(0, [None, None], id="two-are-no-reason"),
        pytest.param(1, [None, "interview"], id="the-third-is"),
        pytest.param(2, ["interview", None], id="the-fourth-is-not-proposed-again"),
        pytest.param(3, [None, None], id="nor-the-fifth"),
    ],
)
def test_the_third_red_step_of_a_unit_in_a_month_proposes_an_interview(
    before: int, proposals: list[str | None]
) -> None:
    case = CaseInTest()
    case.settle(case.clock("handling", "drainage").due_at)
    case.taken.reds = {"drainage": before}

    steps = case.settle(case.clock("report_in", "drainage").due_at)

    red = [step for step in steps if step.unit == "drainage" and step.step in {"supervision", "no_show"}]
    assert [step.proposal for step in red] == proposals
    assert [(each.kind, each.unit, each.because) for each in case.taken.proposals] == (
        [("interview", "drainage", "reds")] if any(proposals) else []
    )
    assert case.taken.reds == {"drainage": before + 2}


def test_without_the_policy_red_steps_are_not_counted() -> None:
    usual = a_city()
    case = CaseInTest(city=a_city(policies=msgspec.structs.replace(usual.policies, repeated_reds=None)))
    case.settle(case.clock("handling", "drainage").due_at)
    case.taken.reds = {"drainage": 2}

    case.settle(case.clock("report_in", "drainage").due_at)

    assert case.taken.proposals == []
