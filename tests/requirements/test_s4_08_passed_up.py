"""S4-08: timeline of 4 tiers, notification back to grid worker."""

from datetime import timedelta
from typing import Any, Final

import pytest

from services.contracts.events import CaseProgressed, Place
from services.contracts.events.whistles import SteppedUp
from services.desk.domain.timeline import entries_of
from services.ledger.domain.acts import Handle, RefusedError, SignIn, Verify
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import StepUp
from services.notify.domain.recipients import recipients_of
from services.notify.domain.telling.parties import Recipient
from services.reference.deciding.organisation import Organisation
from tests.builders import a_city, a_report
from tests.component.notify.test_telling import KnownHere, Telling, a_subscription
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.reference.town import UNITS

GRID, UPPER_GRID, COMMUNITY, STREET = "grid-0101-01", "grid-0101", "com-0101", "sub-01"
HERE: Final = Place(grid=GRID, community=COMMUNITY, subdistrict=STREET)
TIERS: Final = (
    (GRID, "grid_worker", "居民协商不成"),
    (UPPER_GRID, "grid_worker", "涉及两个小区"),
    (COMMUNITY, "community_officer", "社区无执法权"),
    (STREET, "subdistrict_coordinator", "需市级部门配合"),
)
MINUTE = timedelta(minutes=1)


def reported_by_a_grid_worker() -> CaseInTest:
    report = a_report(channel="grid_worker", reporter_kind="grid_worker", place=HERE)
    city = a_city(organisation=Organisation(UNITS))
    return CaseInTest(city, lead=GRID, cooperating=(), tier="G", report=report)


def passed_up_to_the_center() -> CaseInTest:
    case = reported_by_a_grid_worker()
    for minute, (unit, role, reason) in enumerate(TIERS):
        case.act(StepUp(reason=reason), unit, role, after=minute * MINUTE)
    return case


def told_of(case: CaseInTest) -> list[CaseProgressed]:
    events: list[Any] = [stated.event for stated in case.taken.facts]
    return [event for event in events if isinstance(event, CaseProgressed)]


def test_the_timeline_names_who_passed_it_on_and_why_through_four_tiers() -> None:
    case = passed_up_to_the_center()

    entries = list(entries_of(case.taken.document, told_of(case), after=0))[2:]

    steps = [entry for entry in entries if isinstance(entry.what, SteppedUp)]
    passed = [(entry.who.unit, entry.who.role, entry.what.reason) for entry in steps]  # type: ignore[union-attr]
    assert passed == list(TIERS)
    assert all(entry.who.person is not None for entry in steps)
    ways = [(entry.what.rise.old_lead, entry.what.rise.lead) for entry in steps]  # type: ignore[union-attr]
    assert ways == [(GRID, UPPER_GRID), (UPPER_GRID, COMMUNITY), (COMMUNITY, STREET), (STREET, CENTER)]


def test_nothing_is_passed_on_without_saying_why() -> None:
    case = reported_by_a_grid_worker()

    with pytest.raises(TypeError):
        case.act(StepUp(), GRID, "grid_worker")  # type: ignore[call-arg]
    with pytest.raises(RefusedError, match="role or unit"):
        case.act(StepUp(reason="不想办"), "drainage")


def test_the_result_flows_back_to_the_grid_worker() -> None:
    case = passed_up_to_the_center()
    later = 10 * MINUTE
    case.act(SignIn(), CENTER, "center_operator", after=later)
    case.act(Handle(**ANSWER), CENTER, "center_operator", after=later)
    case.act(Verify(done=True), STREET, "subdistrict_coordinator", after=later, person="somebody else")

    closed = told_of(case)[-1]

    assert closed.state == "closed"
    assert Recipient(GRID, "grid_worker") in recipients_of(closed)
    assert {GRID, UPPER_GRID, COMMUNITY, STREET} <= set(closed.units)


async def test_the_grid_workers_subscription_gets_the_result_as_a_message_and_nobody_elses() -> None:
    case = passed_up_to_the_center()
    later = 10 * MINUTE
    case.act(SignIn(), CENTER, "center_operator", after=later)
    case.act(Handle(**ANSWER), CENTER, "center_operator", after=later)
    case.act(Verify(done=True), STREET, "subdistrict_coordinator", after=later, person="somebody else")
    notify = Telling(KnownHere([a_subscription(GRID), a_subscription("grid-0201-01")]))

    await notify.hear(*told_of(case))

    assert (told_of(case)[-1].version, GRID) in notify.told
    assert {unit for _, unit in notify.told} == {GRID}


def test_the_promise_is_the_same_on_every_tier() -> None:
    promised = reported_by_a_grid_worker().clock("promise").due_at

    assert passed_up_to_the_center().clock("promise").due_at == promised
