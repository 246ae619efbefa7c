"""A version comes into force: what is pending moves, what the law sets stays, a mode is undone exactly."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Limits
from services.contracts.events.progress import ClockKind
from services.ledger.domain.acts import Handle, SignIn
from services.ledger.domain.adjusting import Held, Lengthened, Paused
from services.ledger.domain.city import City, Mode, ModeLimit
from services.ledger.domain.deriving import Timed, derive
from services.ledger.domain.moving import Coming, catch_up
from services.worktime.arithmetic import add
from services.worktime.calendar import DayMode
from services.worktime.limits import Limit, Unit
from tests.builders import MONDAY_NOON, a_city, the_calendar
from tests.unit.ledger.cases import ANSWER, CaseInTest

HOUR = timedelta(hours=1)
LIMITS: st.SearchStrategy[str] = st.one_of(
    st.integers(1, 200).map(lambda quarters: str(Limit(Decimal(quarters) * Decimal("0.25"), Unit.WORKING_HOUR))),
    st.integers(1, 30).map(lambda days: f"{days}wd"),
    st.integers(1, 200).map(lambda quarters: str(Limit(Decimal(quarters) * Decimal("0.25"), Unit.URGENT_WORKING_HOUR))),
    st.integers(1, 30).map(lambda days: f"{days}d"),
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))
CITIES = st.sampled_from([a_city(), a_city(calendar=replace(the_calendar(), day_mode=DayMode.END_OF_DAY))])


@st.composite
def adjustments(draw: st.DrawFn) -> list[Paused | Lengthened | Held]:
    """Draw pauses, extensions and holds as they happen: one after the other."""
    made: list[Paused | Lengthened | Held] = []
    at = MONDAY_NOON
    for _ in range(draw(st.integers(0, 3))):
        since = at + draw(st.timedeltas(timedelta(0), timedelta(days=5)))
        at = since + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=10)))
        kinds: list[Paused | Lengthened | Held] = [
            Paused(since=since, until=at),
            Lengthened(since=since, by=draw(LIMITS)),
            Held(since=since, until=at),
        ]
        made.append(draw(st.sampled_from(kinds)))
    return made


@given(LIMITS, LIMITS, SPANS, adjustments(), CITIES)
def test_switching_a_mode_off_restores_the_due_date_exactly(
    usual: str, limit: str, later: timedelta, adjusted: list[Paused | Lengthened | Held], city: City
) -> None:
    clock = Timed(MONDAY_NOON, usual, None, adjusted)
    before = derive(clock, None, city)

    on = derive(clock, ModeLimit(limit, MONDAY_NOON + later), city)
    off = derive(Timed(MONDAY_NOON, on.allowed, on.usual, adjusted), None, city)

    assert off == before


@given(LIMITS, LIMITS, SPANS, CITIES)
def test_no_limit_counts_before_it_was_made(usual: str, limit: str, later: timedelta, city: City) -> None:
    since = MONDAY_NOON + later
    due = add(MONDAY_NOON, Limit.parse(usual), city.calendar)

    on = derive(Timed(MONDAY_NOON, usual), ModeLimit(limit, since), city)

    assert on.due_at >= min(due, add(since, Limit.parse(limit), city.calendar))
    if on.due_at > due:  # a longer limit, which counts from the start
        assert on.due_at == add(MONDAY_NOON, Limit.parse(limit), city.calendar)


@given(LIMITS, st.dictionaries(st.sampled_from(["promise", "handling", "stage"]), LIMITS, min_size=1), SPANS, CITIES)
def test_nothing_is_due_earlier_than_the_law(
    law: str, limits: dict[ClockKind, str], later: timedelta, city: City
) -> None:
    statutory = Limits(promise=law, sign_in="1wd", handling=law, verification="1wd", follow_up="1wd", statutory=True)
    case = CaseInTest(city, limits=statutory)
    mode = Mode(profile="flood", area=None, since=MONDAY_NOON + later, limits={"0203": limits})

    switch(case, replace(city, number=2, modes=(mode,)), MONDAY_NOON + later)

    least = add(MONDAY_NOON, Limit.parse(law), city.calendar)
    clocks = [clock for clock in case.taken.clocks if clock.kind in ("promise", "handling")]
    assert {clock.due_at for clock in clocks} == {least}
    assert {clock.usual for clock in clocks} == {None}


def switch(case: CaseInTest, city: City, at: object) -> None:
    """Let `city` come into force for the case."""
    catch_up(case.taken, at, case.city, [Coming(city=city, active_from=at)])  # type: ignore[arg-type]
    case.city = city


def flooded(since: timedelta, **limits: str) -> City:
    mode = Mode(profile="flood", area="sub-01", since=MONDAY_NOON + since, limits={"0203": limits})  # type: ignore[dict-item]
    return a_city(number=2, modes=(mode,))


@given(st.timedeltas(timedelta(0), timedelta(hours=5)), st.timedeltas(timedelta(0), timedelta(hours=1)))
def test_on_and_off_again_leaves_every_clock_as_it_was(on: timedelta, meanwhile: timedelta) -> None:
    case = CaseInTest()
    before = [(clock.key, clock.due_at, clock.allowed, clock.next_step, clock.next_at) for clock in case.taken.clocks]

    switch(case, flooded(on, handling="4uh", promise="5uh", sign_in="2uh"), MONDAY_NOON + on)
    switch(case, a_city(number=3), MONDAY_NOON + on + meanwhile)

    assert [
        (clock.key, clock.due_at, clock.allowed, clock.next_step, clock.next_at) for clock in case.taken.clocks
    ] == before
    assert {part.due_at for part in case.taken.open_assignments()} == {case.clock("handling", "drainage").due_at}


def test_only_the_items_and_the_area_that_a_profile_names_are_touched() -> None:
    elsewhere = replace(flooded(HOUR, handling="1uh").modes[0], area="sub-02")
    other = replace(flooded(HOUR, handling="1uh").modes[0], limits={"0801": {"handling": "1uh"}})
    case = CaseInTest()

    switch(case, a_city(number=2, modes=(elsewhere, other)), MONDAY_NOON + HOUR)

    assert case.said == []
    assert case.taken.case.applied_version == 2


def test_work_done_before_the_switch_is_not_judged_by_it() -> None:
    case = CaseInTest()
    case.act(SignIn(), "drainage", after=HOUR)
    case.act(Handle(**ANSWER), "drainage", after=2 * HOUR)
    due = case.clock("handling", "drainage").due_at

    switch(case, flooded(3 * HOUR, handling="1uh"), MONDAY_NOON + 3 * HOUR)

    assert case.clock("handling", "drainage").due_at == due
    assert case.clock("handling", "sanitation").due_at == MONDAY_NOON + 4 * HOUR


def test_a_step_owed_before_the_switch_stays_where_it_was_however_late_the_case_is_taken() -> None:
    case = CaseInTest()
    owed_at = case.clock("handling", "drainage").next_at
    assert owed_at is not None
    at = owed_at + HOUR
    longer = Coming(city=flooded(at - MONDAY_NOON, handling="9wd"), active_from=at)

    catch_up(case.taken, at + timedelta(days=3), case.city, [longer])

    reminders = {step.owed_at for step in case.taken.steps if (step.kind, step.step) == ("handling", "reminder")}
    assert reminders == {owed_at}


@pytest.mark.parametrize("asked", [1, 2, 5], ids=["once", "twice", "often"])
def test_however_often_a_case_is_taken_it_moves_once(asked: int) -> None:
    case, city = CaseInTest(), flooded(HOUR, handling="1uh")
    coming = [Coming(city=city, active_from=MONDAY_NOON + HOUR)]

    for minute in range(asked):
        catch_up(case.taken, MONDAY_NOON + HOUR + minute * timedelta(minutes=1), case.city, coming)
        case.city, coming = city, []

    assert case.said.count("Moved") == 1
