"""A problem ticket: interviews are proposed, a person confirms them, and the case goes one step up (domain §6.4)."""

from itertools import pairwise
from typing import Any

import pytest

from services.contracts.events import CaseProgressed
from services.contracts.events.progress import Dispatched, ReworkOrdered
from services.ledger.domain.acts import Dispatch, Handle, Return, SignIn, Verify
from services.ledger.domain.life.opening import open_next
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import Decide
from services.notify.domain.recipients import recipients_of
from services.notify.domain.telling.parties import Recipient
from tests.builders import MONDAY_NOON, a_dispatched_case
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.unit.ledger.lives import HOUR, LEAD, OPERATOR, SECOND, STREET, act

BACK = Verify(done=False, note="仍有积水")


def reworked(case: CaseInTest, times: int, lead: tuple[str, ...] = LEAD, verifier: tuple[str, ...] = STREET) -> Any:
    """Let the lead take the case on, and send its work back so often."""
    act(case, SignIn(), lead)
    for _ in range(times):
        act(case, Handle(**ANSWER), lead)
        act(case, BACK, verifier)
    return case


def proposed(case: CaseInTest) -> list[tuple[str, str, str, object]]:
    return [(one.kind, one.unit, one.because, one.proposed_by) for one in case.taken.proposals]


def told(case: CaseInTest, fact: type) -> CaseProgressed:
    """Return the last event of this fact."""
    return next(
        stated.event
        for stated in reversed(case.taken.facts)
        if isinstance(stated.event, CaseProgressed) and isinstance(stated.event.what, fact)
    )


def test_two_reworks_propose_nothing_and_stay_with_the_lead() -> None:
    case = reworked(CaseInTest(), 2)

    assert (proposed(case), case.state, case.taken.case.lead) == ([], "rework", "drainage")


def test_the_third_rework_proposes_an_interview_and_goes_one_step_up() -> None:
    case = CaseInTest()
    promised = case.clock("promise").due_at

    reworked(case, 3)

    assert proposed(case) == [("interview", "drainage", "reworks", None)]
    assert (case.state, case.taken.case.lead, case.taken.case.problem_ticket) == ("consulting", CENTER, True)
    assert case.said[-2:] == ["ReworkOrdered", "Dispatched"]
    assert case.clock("promise").due_at == promised
    assert "drainage" in case.taken.case.units


def test_from_the_community_it_goes_to_its_street() -> None:
    community = ("com-0101", "community_officer")
    case = CaseInTest(city=a_gridded_city(), lead="com-0101", tier="C", cooperating=())

    reworked(case, 3, community)

    assert (case.state, case.taken.case.lead) == ("dispatched", "sub-01")


def test_above_the_center_its_leader_decides() -> None:
    case = reworked(CaseInTest(lead=CENTER, cooperating=()), 3, OPERATOR, SECOND)

    assert (case.state, case.taken.case.lead) == ("rework", CENTER)
    assert proposed(case) == [("interview", CENTER, "reworks", None), ("express", CENTER, "reworks", None)]


def test_a_fourth_rework_proposes_nothing_more() -> None:
    case = act(reworked(CaseInTest(), 3), Dispatch(lead="drainage", reason="职责明确"), OPERATOR)

    reworked(case, 1)

    assert (case.taken.case.reworks, case.state) == (4, "rework")
    assert proposed(case) == [("interview", "drainage", "reworks", None)]


def test_nothing_goes_out_before_the_centers_leader_has_confirmed() -> None:
    case = reworked(CaseInTest(), 3)
    assert case.taken.notices == []

    act(case, Decide(proposal=1, confirm=True, reason="三次重办仍未解决"), SECOND)

    (notice,) = case.taken.notices
    assert (notice.kind, notice.units, notice.facts["because"]) == ("interview", ("drainage", CENTER), "reworks")


@pytest.mark.parametrize("fact", [ReworkOrdered, Dispatched])
def test_whoever_has_a_word_to_say_is_told(fact: type) -> None:
    case = reworked(CaseInTest(), 3) if fact is ReworkOrdered else passed_on_by_three()

    assert Recipient(CENTER, "center_leader") in recipients_of(told(case, fact))


def passed_on_by_three() -> CaseInTest:
    case, units = CaseInTest(), ("drainage", "municipal_works", "sanitation", "traffic_police")
    for attempt, (unit, following) in enumerate(pairwise(units), start=1):
        act(case, Return(reason="不属于我单位职责", suggested=following), (unit, "clerk"))
        if attempt < len(units) - 1:
            decision = a_dispatched_case(attempt=attempt + 1, lead=following, cooperating=())
            open_next(case.taken, decision, MONDAY_NOON + HOUR, case.city)
    return case


def test_passed_on_by_three_departments_each_is_proposed_and_the_center_has_it() -> None:
    case = passed_on_by_three()

    units = ("drainage", "municipal_works", "sanitation")
    assert proposed(case) == [("interview", unit, "departments", None) for unit in units]
    assert (case.state, case.taken.case.lead) == ("consulting", CENTER)
    what: Any = told(case, Dispatched).what
    assert [(one.number, one.kind, one.unit) for one in what.proposals] == [
        (number, "interview", unit) for number, unit in enumerate(units, start=1)
    ]
