"""What may happen to a case, by whom and from where."""

from datetime import timedelta

import pytest

from services.contracts.events import CaseReturned
from services.ledger.domain.acts import DeliverPart, Dispatch, Handle, RefusedError, Return, SignIn, Verify
from services.ledger.domain.life.opening import open_next
from services.ledger.domain.life.table import joined
from services.ledger.domain.life.working import TRANSITIONS
from services.ledger.domain.whistle.acts import Blow, ReportIn
from tests.builders import MONDAY_NOON, a_dispatched_case, a_report
from tests.unit.ledger.cases import ANSWER, CaseInTest

HOUR = timedelta(hours=1)


def test_a_case_goes_its_way_from_the_queue_to_closed() -> None:
    case = CaseInTest()

    case.act(SignIn(), "drainage", after=HOUR)
    case.act(DeliverPart(measure="已配合封路"), "sanitation", after=HOUR)
    case.act(Handle(**ANSWER), "drainage", after=2 * HOUR)
    case.act(Verify(done=True), "sub-01", "subdistrict_officer", after=3 * HOUR)

    assert case.said == ["SignedIn", "PartDelivered", "Handled", "Verified", "Closed"]
    assert case.state == "closed"
    assert case.taken.facts[-1].event.what.on_time  # type: ignore[attr-defined]
    assert not [clock for clock in case.taken.clocks if clock.stopped_at is None and clock.kind != "follow_up"]


def test_whoever_handled_cannot_verify() -> None:
    case = CaseInTest(lead="sub-01", cooperating=())
    case.act(SignIn(), "sub-01", "subdistrict_officer", person="wang")
    case.act(Handle(**ANSWER), "sub-01", "subdistrict_officer", person="wang")

    with pytest.raises(RefusedError, match="role or unit"):
        case.act(Verify(done=True), "sub-01", "subdistrict_officer", person="wang")

    case.act(Verify(done=True), "sub-01", "subdistrict_officer", person="li")
    assert case.state == "closed"


def test_a_reply_without_all_four_elements_cannot_be_written() -> None:
    with pytest.raises(TypeError):
        Handle(accepted_when="周一", talked_with="王某", measure="清掏")  # type: ignore[call-arg]


def test_rework_starts_a_new_handling_clock() -> None:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    for round_ in (1, 2):
        case.act(Handle(**ANSWER), "drainage", after=round_ * HOUR)
        case.act(Verify(done=False, note="仍有积水"), "sub-01", "subdistrict_officer", after=round_ * HOUR)

        assert case.state == "rework"
        assert case.clock("handling", "drainage", cycle=round_ + 1).stopped_at is None
        assert not case.taken.case.problem_ticket


def test_a_rework_without_a_reason_changes_nothing() -> None:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(Handle(**ANSWER), "drainage")

    with pytest.raises(RefusedError, match="still to be done"):
        case.act(Verify(done=False), "sub-01", "subdistrict_officer")

    assert case.clock("verification").stopped_at is None
    assert case.state == "handled"


def test_a_return_asks_the_router_and_never_moves_the_promise() -> None:
    case = CaseInTest()
    promised = case.clock("promise").due_at
    case.act(Return(reason="不属于我单位职责", suggested="municipal_works"), "drainage", after=HOUR)

    asked = case.taken.facts[-1].event
    assert isinstance(asked, CaseReturned)
    assert (asked.attempt, asked.tried, asked.suggested) == (2, ("drainage",), "municipal_works")
    assert case.taken.case.lead == "drainage"
    assert case.taken.lead_assignment().unit == "drainage"

    open_next(case.taken, a_dispatched_case(attempt=2, lead="municipal_works"), MONDAY_NOON + 2 * HOUR, case.city)

    assert case.taken.lead_assignment().unit == "municipal_works"
    assert case.state == "dispatched"
    assert case.clock("promise").due_at == promised
    assert case.clock("promise").stopped_at is None


def test_a_decision_nobody_awaits_is_recorded_once_and_moves_nothing() -> None:
    case = CaseInTest()
    case.act(Return(reason="不属于我单位职责", suggested="municipal_works"), "drainage")
    case.act(Dispatch(lead="sanitation", reason="指挥中心指定"), "district_command_center", "center_operator")
    late = a_dispatched_case(attempt=2, lead="municipal_works")

    open_next(case.taken, late, MONDAY_NOON + HOUR, case.city)
    open_next(case.taken, late, MONDAY_NOON + HOUR, case.city)

    assert case.taken.case.lead == "sanitation"
    assert case.taken.case.attempt == 3


def test_a_decision_nobody_has_asked_for_is_recorded_once_and_moves_nothing() -> None:
    case = CaseInTest()
    unasked = a_dispatched_case(attempt=2, lead="municipal_works")

    open_next(case.taken, unasked, MONDAY_NOON + HOUR, case.city)
    open_next(case.taken, unasked, MONDAY_NOON + HOUR, case.city)

    assert (case.taken.case.lead, case.taken.case.attempt) == ("drainage", 1)
    assert case.taken.case.superseded == [2]
    assert case.said == ["DecisionSuperseded"]


def test_a_return_after_two_working_days_is_refused() -> None:
    case = CaseInTest()

    with pytest.raises(RefusedError) as refused:
        case.act(
            Return(reason="不属于我单位职责", suggested="municipal_works"), "drainage", after=timedelta(days=2, hours=1)
        )

    assert refused.value.slug == "return-too-late"


def test_only_the_street_of_the_place_blows_by_hand_and_only_one_whistle_is_open() -> None:
    case = CaseInTest()
    blow = Blow(kind="enforcement", reason="需要多部门现场处置", called=("traffic_police",))

    with pytest.raises(RefusedError, match="role or unit"):
        case.act(blow, "drainage")
    case.act(blow, "sub-01", "subdistrict_coordinator")
    with pytest.raises(RefusedError) as refused:
        case.act(blow, "sub-01", "subdistrict_coordinator")

    assert refused.value.slug == "whistle-open"
    assert "traffic_police" in case.taken.case.units


def test_report_ins_are_on_time_late_or_missing() -> None:
    case = CaseInTest(urgency="emergency")
    case.act(
        Blow(kind="emergency", reason="路面塌陷", called=("drainage", "sanitation")), "sub-01", "subdistrict_officer"
    )

    case.act(ReportIn(place="现场"), "drainage", after=timedelta(minutes=29))
    case.act(ReportIn(place="现场"), "sanitation", after=timedelta(minutes=31))

    reported = [s.event.what for s in case.taken.facts if type(s.event.what).__name__ == "ReportedIn"]  # type: ignore[attr-defined]
    assert [(fact.unit, fact.late, fact.all_in) for fact in reported] == [
        ("drainage", False, False),
        ("sanitation", True, True),
    ]


def test_an_accused_unit_never_leads_cooperates_or_sees() -> None:
    report = a_report(accused=("drainage", "sanitation"))
    case = CaseInTest(report=report)

    row = case.taken.case
    assert (row.lead, row.cooperating, row.state) == ("district_command_center", ["municipal_works"], "consulting")
    assert not {"drainage", "sanitation"} & set(row.units)


def test_a_sensitive_case_is_seen_by_its_own_unit_only() -> None:
    case = CaseInTest(report=a_report(lane="drugs", text=None), lead="police", cooperating=())

    assert case.taken.case.units == ["police"]


def test_two_transitions_cannot_claim_one_act() -> None:
    with pytest.raises(ValueError, match="two transitions claim"):
        joined(TRANSITIONS, TRANSITIONS)


def test_the_departments_own_clocks_are_rolled_up_to_the_case() -> None:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(DeliverPart(measure="已清扫路面"), "sanitation", after=timedelta(hours=1))
    case.act(Handle(**ANSWER), "drainage", after=timedelta(hours=2))
    case.act(Verify(done=True), "sub-01", "subdistrict_officer", after=timedelta(days=1, hours=1))

    closed = getattr(case.taken.facts[-1].event, "what", None)
    assert (closed.on_time, closed.late_units) == (True, ("municipal_works",))  # type: ignore[union-attr]
