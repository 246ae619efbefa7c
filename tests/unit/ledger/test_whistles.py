"""Proposals, approvals and the clocks of a whistle, without a database."""

from datetime import timedelta

import pytest

from services.contracts.events import Place
from services.contracts.events.whistles import MeetingPoint, ProposalDecided
from services.ledger.domain.acts import Handle, RefusedError, SignIn, Verify
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import Blow, Decide, Evaluate, RecordResult, RefuseCall, ReportIn
from services.reference.deciding.organisation import Organisation
from tests.builders import a_city, a_report
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.unit.reference.town import UNITS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE_IN_SUB_01 = Place(grid="grid-0101-01", community="com-0101", subdistrict="sub-01")
DEMAND = Blow(kind="public_demand", reason="多日未办")


def whistled(kind: str = "public_demand") -> CaseInTest:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(Blow(kind=kind, reason="多日未办"), "sub-01", "subdistrict_coordinator")  # type: ignore[arg-type]
    return case


def test_two_officers_do_not_ask_for_the_same_whistle_twice() -> None:
    case = CaseInTest()
    case.act(DEMAND, "sub-01", "subdistrict_officer", person="zhang")

    with pytest.raises(RefusedError, match="asked for a whistle already"):
        case.act(DEMAND, "sub-01", "subdistrict_officer", person="li")

    assert case.taken.case.whistles == 0


def test_the_clock_does_not_wait_for_a_word_and_the_proposal_is_then_refused() -> None:
    case = CaseInTest()
    case.act(DEMAND, "sub-01", "subdistrict_officer", person="zhang")

    case.settle(case.clock("handling", "drainage").due_at)

    assert case.taken.case.whistle_open == 1
    with pytest.raises(RefusedError, match="open for this case already"):
        case.act(Decide(proposal=1, confirm=True), "sub-01", "subdistrict_coordinator", after=2 * DAY)


def test_whoever_proposed_does_not_decide() -> None:
    case = CaseInTest()
    case.act(DEMAND, "sub-01", "subdistrict_officer", person="zhang")

    with pytest.raises(RefusedError, match="not yours to decide"):
        case.act(Decide(proposal=1, confirm=True), "sub-01", "subdistrict_coordinator", person="zhang")


def test_a_declined_proposal_says_why_and_blows_nothing() -> None:
    case = CaseInTest()
    case.act(DEMAND, "sub-01", "subdistrict_officer", person="zhang")

    case.act(Decide(proposal=1, confirm=False, reason="先由牵头单位处置"), "sub-01", "subdistrict_coordinator")

    decided = case.taken.facts[-1].event.what  # type: ignore[attr-defined]
    assert decided == ProposalDecided(proposal=1, kind="whistle", confirmed=False, reason="先由牵头单位处置")
    assert case.taken.case.whistles == 0


def test_joint_work_without_a_result_is_urged() -> None:
    case = whistled()
    due_at = case.clock("result").due_at

    steps = case.settle(due_at)

    assert [step.step for step in steps if step.clock == "result"] == ["urge"]


@pytest.mark.parametrize("kind", ["emergency", "enforcement"])
def test_a_kind_without_a_limit_for_its_result_has_no_such_clock(kind: str) -> None:
    assert not [clock for clock in whistled(kind).taken.clocks if clock.kind == "result"]


def test_whoever_says_why_it_does_not_come_is_no_no_show() -> None:
    case = whistled()
    case.act(RefuseCall(reason="正在处置另一处险情"), "sanitation", after=HOUR)

    steps = case.settle(case.clock("report_in", "drainage").due_at)

    assert {step.unit for step in steps if step.step == "no_show"} == {"drainage", "municipal_works"}


def test_a_refusal_after_the_time_is_refused_and_coming_late_is_not() -> None:
    case = whistled()
    late = case.clock("report_in", "drainage").due_at - case.taken.case.accepted_at + HOUR

    with pytest.raises(RefusedError, match="its time is over"):
        case.act(RefuseCall(reason="没有时间"), "drainage", after=late)
    case.act(ReportIn(place="现场"), "drainage", after=late)

    assert case.taken.call(1, "drainage").state == "reported_in"  # type: ignore[union-attr]


def test_the_result_closes_the_whistle_and_the_promise_climbs_again() -> None:
    case = whistled()

    case.act(RecordResult(result="联合清淤完毕"), "sub-01", "subdistrict_officer", after=HOUR)

    assert not [clock for clock in case.taken.clocks if clock.kind in ("report_in", "result") and not clock.stopped_at]
    steps = case.settle(case.clock("promise").due_at)
    promised = [step for step in steps if (step.clock, step.step) == ("promise", "limit")]
    assert [step.marks_only for step in promised] == [True], "the clock has blown again, for the late departments"


def test_departments_are_judged_after_the_case_is_closed_too() -> None:
    case = whistled()
    case.act(Handle(**ANSWER), "drainage", after=HOUR)
    case.act(Verify(done=True), "sub-01", "subdistrict_officer", after=2 * HOUR)
    judged = Evaluate(number=1, unit="drainage", punctuality=2, effort=3, result=4, satisfaction=4)

    case.act(judged, "sub-01", "subdistrict_officer", after=2 * HOUR)

    assert case.state == "closed"
    assert case.said[-1] == "DepartmentEvaluated"


def test_each_act_of_authority_is_proposed_once_per_late_unit() -> None:
    case = CaseInTest(cooperating=("sanitation",))

    for days in range(1, 60):
        case.settle(case.taken.case.accepted_at + days * DAY)

    proposed = [(proposal.kind, proposal.unit) for proposal in case.taken.proposals]
    assert len(proposed) == len(set(proposed))
    assert {kind for kind, _ in proposed} == {"bulletin", "interview", "express"}
    assert all(proposal.state == "proposed" for proposal in case.taken.proposals)


def test_of_a_sensitive_lane_only_a_leader_with_that_lane_decides_and_no_bulletin_leaves_it() -> None:
    case = CaseInTest(report=a_report(lane="stability"), cooperating=())
    for days in range(1, 30):
        case.settle(case.taken.case.accepted_at + days * DAY)

    with pytest.raises(RefusedError):
        case.act(
            Decide(proposal=1, confirm=True, reason="属实"), "district_command_center", "center_leader", after=30 * DAY
        )

    assert case.taken.notices == []


def test_a_bulletin_that_is_confirmed_reaches_every_department_and_every_street() -> None:
    case = CaseInTest(city=a_gridded_city(), report=a_report(accused=("sanitation",)), cooperating=())
    case.settle(case.taken.case.accepted_at + 10 * DAY)
    bulletin = next(proposal.number for proposal in case.taken.proposals if proposal.kind == "bulletin")

    case.act(Decide(proposal=bulletin, confirm=True, reason="属实"), CENTER, "center_leader", after=10 * DAY)

    (notice,) = case.taken.notices
    assert (notice.kind, set(notice.units)) == (
        "bulletin",
        {"drainage", "municipal_works", "traffic_police", "sub-01", "sub-02", CENTER},
    )


def on_the_map() -> CaseInTest:
    """Return a case in a town whose grids have ground; that of `HERE` is 0.01 degrees wide from 113.10, 41.00."""
    city = a_city(organisation=Organisation(UNITS))
    return CaseInTest(city, report=a_report(place=HERE_IN_SUB_01))


@pytest.mark.parametrize("who", ["subdistrict_coordinator", "subdistrict_officer"])
def test_a_whistle_says_where_who_is_called_meets(who: str) -> None:
    case = on_the_map()
    asked = Blow(kind="public_demand", reason="多日未办", place="南街 6 号门前", longitude=113.105, latitude=41.005)

    case.act(asked, "sub-01", who, person="zhang")
    if case.taken.case.whistle_open is None:
        case.act(Decide(proposal=1, confirm=True), "sub-01", "subdistrict_coordinator")

    meeting = MeetingPoint("南街 6 号门前", 113.105, 41.005)
    assert case.taken.document.whistles[0].meeting == meeting
    assert case.taken.facts[-1].event.what.whistle.meeting == meeting  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("longitude", "latitude", "slug"),
    [
        pytest.param(113.125, 41.005, "outside-the-subdistrict", id="in-the-next-subdistrict"),
        pytest.param(0.0, 0.0, "outside-the-subdistrict", id="in-no-subdistrict"),
        pytest.param(113.105, None, "half-a-point", id="half-a-point"),
    ],
)
def test_nobody_is_called_to_where_the_street_has_no_ground(
    longitude: float, latitude: float | None, slug: str
) -> None:
    asked = Blow(kind="public_demand", reason="多日未办", longitude=longitude, latitude=latitude)

    with pytest.raises(RefusedError) as refused:
        on_the_map().act(asked, "sub-01", "subdistrict_coordinator")

    assert refused.value.slug == slug


def test_a_whistle_without_a_meeting_point_calls_to_the_case() -> None:
    case = on_the_map()

    case.act(Blow(kind="public_demand", reason="多日未办", place="  "), "sub-01", "subdistrict_coordinator")

    assert case.taken.document.whistles[0].meeting is None
