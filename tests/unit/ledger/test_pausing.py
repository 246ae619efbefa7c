"""Clocks that stand still, wait or get longer: pause and resumption shift, and only what is ahead moves."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ledger.domain.acts import RefusedError, SignIn
from services.ledger.domain.life.acts import AskExtension, AskSuspension, Resume
from services.worktime.arithmetic import elapsed
from services.worktime.limits import Unit
from tests.builders import MONDAY_NOON, the_calendar
from tests.unit.ledger import lives
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.lives import GRANTED, HEAD, HOUR, LEAD, OPERATOR, REFUSED, act

CALENDAR = the_calendar()
minutes = st.integers(min_value=1, max_value=14 * 24 * 60)


def suspended_at(asked_after: timedelta, until: datetime | None = None) -> CaseInTest:
    case = act(CaseInTest(), SignIn(), LEAD, after=timedelta(0))
    ask = AskSuspension(reason="等待供暖季", condition="供暖开始", until=until)
    act(case, ask, LEAD, asked_after)
    act(case, GRANTED, HEAD, asked_after)
    return act(case, GRANTED, OPERATOR, asked_after)


@given(paused_for=minutes)
def test_a_pause_and_its_resumption_shift_what_lay_ahead_by_the_working_time_between(paused_for: int) -> None:
    case, pause = suspended_at(HOUR), timedelta(minutes=paused_for)
    due = {clock.key: clock.due_at for clock in case.taken.clocks if clock.paused_at is not None}

    act(case, Resume(reason="条件具备"), OPERATOR, HOUR + pause)

    stood = elapsed(MONDAY_NOON + HOUR, MONDAY_NOON + HOUR + pause, Unit.WORKING_HOUR, CALENDAR)
    assert due
    for clock in case.taken.clocks:
        if clock.key in due:
            moved = elapsed(due[clock.key], clock.due_at, Unit.WORKING_HOUR, CALENDAR)
            assert moved == stood
            assert clock.due_at >= due[clock.key]


@given(paused_for=minutes)
def test_the_next_step_moves_as_its_clock_does(paused_for: int) -> None:
    case, pause = suspended_at(HOUR), timedelta(minutes=paused_for)
    before = CaseInTest().clock("handling", "drainage").next_at
    assert before is not None

    act(case, Resume(reason="条件具备"), OPERATOR, HOUR + pause)

    after = case.clock("handling", "drainage").next_at
    assert after is not None
    stood = elapsed(MONDAY_NOON + HOUR, MONDAY_NOON + HOUR + pause, Unit.WORKING_HOUR, CALENDAR)
    assert elapsed(before, after, Unit.WORKING_HOUR, CALENDAR) == stood


def test_a_suspended_case_climbs_no_ladder() -> None:
    case = suspended_at(HOUR)

    assert case.settle(MONDAY_NOON + timedelta(days=300)) == []
    assert case.taken.case.whistle_open is None


def test_the_date_of_a_suspension_lets_it_go_on_by_itself_once() -> None:
    until = datetime.fromisoformat("2026-04-01T00:00:00+00:00")
    case = suspended_at(HOUR, until=until)

    assert case.settle(until - timedelta(minutes=1)) == []
    steps = case.settle(until + timedelta(minutes=1))
    again = case.settle(until + timedelta(minutes=2))

    assert [(step.clock, step.step, step.owed_at) for step in steps] == [("resume", "resume", until)]
    assert (case.state, case.said[-1], again) == ("in_progress", "Resumed", [])
    assert case.clock("resume").stopped_at is not None
    assert case.clock("handling", "drainage").due_at > until


def test_a_case_is_suspended_once_and_for_a_year_at_most() -> None:
    case = act(suspended_at(HOUR), Resume(reason="条件具备"), OPERATOR, 2 * HOUR)
    for until, slug in ((None, "suspended-before"), (MONDAY_NOON + timedelta(days=366), "until-when")):
        fresh = case if slug == "suspended-before" else lives.in_progress()
        with pytest.raises(RefusedError) as refused:
            act(fresh, AskSuspension(reason="再等等", condition="雨停", until=until), LEAD, 3 * HOUR)
        assert refused.value.slug == slug


def test_an_overdue_case_that_is_suspended_stays_overdue_and_climbs_on_from_where_it_stood() -> None:
    case = act(CaseInTest(whistle_automatic=False), SignIn(), LEAD, timedelta(0))
    handling = case.clock("handling", "drainage")
    due_at, late = handling.due_at, handling.due_at - MONDAY_NOON + HOUR
    ask = AskSuspension(reason="等待供暖季", condition="供暖开始")
    act(case, ask, LEAD, late)
    act(case, GRANTED, HEAD, late)
    act(case, GRANTED, OPERATOR, late)
    taken = [(step.step, step.owed_at, step.effective_at) for step in case.taken.steps if step.unit == "drainage"]

    act(case, Resume(reason="条件具备"), OPERATOR, late + timedelta(days=7))

    assert handling.due_at == due_at
    assert handling.next_step == "letter"
    assert handling.next_at is not None
    assert handling.next_at > MONDAY_NOON + late + timedelta(days=7)
    assert [(s.step, s.owed_at, s.effective_at) for s in case.taken.steps if s.unit == "drainage"] == taken


def test_an_extension_moves_the_lead_and_the_promise_and_nobody_else() -> None:
    case = act(lives.in_progress(), AskExtension(by="3wd", reason="备件在途"), LEAD)
    before = {clock.key: clock.due_at for clock in case.taken.clocks}

    act(case, GRANTED, OPERATOR, 2 * HOUR)

    moved = {clock.key for clock in case.taken.clocks if before.get(clock.key) != clock.due_at}
    assert moved == {("handling", "drainage", 1), ("promise", "", 1)}
    lead = case.clock("handling", "drainage")
    assert elapsed(before[lead.key], lead.due_at, Unit.WORKING_DAY, CALENDAR) == 3 * CALENDAR.day_length
    assert case.taken.lead_assignment().due_at == lead.due_at


def test_overdue_steps_wait_for_the_decision_a_working_day_at_most() -> None:
    case = CaseInTest(whistle_automatic=False)
    due_at = case.clock("handling", "drainage").due_at
    act(case, SignIn(), LEAD, timedelta(0))
    asked_at = due_at - timedelta(minutes=30)
    act(case, AskExtension(by="1wd", reason="备件在途"), LEAD, asked_at - MONDAY_NOON)

    of_the_lead = [step for step in case.settle(due_at + HOUR) if step.unit == "drainage" and step.clock == "handling"]
    later = case.settle(asked_at + timedelta(days=1))

    assert of_the_lead == []
    owed = {step.step: step.owed_at for step in later if step.unit == "drainage" and step.clock == "handling"}
    assert owed == {"limit": asked_at + timedelta(days=1)}


@pytest.mark.parametrize(("decision", "owed"), [(REFUSED, "at-once"), (GRANTED, "a-day-later")])
def test_a_decision_ends_the_wait(decision: object, owed: str) -> None:
    case = CaseInTest(whistle_automatic=False)
    due_at = case.clock("handling", "drainage").due_at
    act(case, SignIn(), LEAD, timedelta(0))
    act(case, AskExtension(by="1wd", reason="备件在途"), LEAD, due_at - timedelta(minutes=30) - MONDAY_NOON)
    act(case, decision, OPERATOR, due_at + HOUR - MONDAY_NOON)

    clock = case.clock("handling", "drainage")

    assert clock.next_step == "limit"
    assert clock.next_at == (due_at + HOUR if owed == "at-once" else clock.due_at)
    assert (clock.due_at == due_at) == (owed == "at-once")


def test_more_time_is_asked_for_before_the_limit_twice_at_most_and_ten_days_in_all() -> None:
    late = lives.in_progress()
    after_the_limit = late.clock("handling", "drainage").due_at - MONDAY_NOON + HOUR
    twice = lives.in_progress()
    for _ in range(2):
        act(act(twice, AskExtension(by="1wd", reason="备件在途"), LEAD), GRANTED, OPERATOR)
    for case, by, after, slug in (
        (late, "1wd", after_the_limit, "extension-too-late"),
        (twice, "1wd", HOUR, "extended-enough"),
        (lives.in_progress(), "11wd", HOUR, "extension-too-long"),
    ):
        with pytest.raises(RefusedError) as refused:
            act(case, AskExtension(by=by, reason="备件在途"), LEAD, after)
        assert refused.value.slug == slug


def test_the_whole_of_two_extensions_counts() -> None:
    case = lives.in_progress()
    act(act(case, AskExtension(by="6wd", reason="备件在途"), LEAD), GRANTED, OPERATOR)

    with pytest.raises(RefusedError) as refused:
        act(case, AskExtension(by="5wd", reason="备件仍在途"), LEAD)

    assert refused.value.slug == "extension-too-long"
