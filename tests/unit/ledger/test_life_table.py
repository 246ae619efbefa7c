"""The transition table, row by row: who, from where, to where, and what is said of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.contracts.events import CaseProgressed, ReportFollowedUp
from services.ledger.domain.acts import (
    DeliverPart,
    Dispatch,
    Handle,
    Note,
    RefusedError,
    Return,
    SignIn,
    Supervise,
    Verify,
)
from services.ledger.domain.life.acts import (
    AskExclusion,
    AskExtension,
    AskSuspension,
    AskTermination,
    Consult,
    Explain,
    FollowUp,
    HandOver,
    Reject,
    Reopen,
    ResolveOnSpot,
    Resume,
    Review,
    ReviewExclusion,
    Withdraw,
)
from services.ledger.domain.life.finishing import take_follow_up
from services.ledger.domain.life.table import TABLE
from services.ledger.domain.life.transition import Transition
from services.ledger.domain.state import CENTER
from tests.builders import MONDAY_NOON, an_id
from tests.unit.ledger import lives
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.ledger.lives import GRANTED, HEAD, IN_STATE, LEAD, OPERATOR, REFUSED, SECOND, STREET, act
from tests.unit.ledger.rows_beside import BESIDE, WORKS, row

COMMUNITY = ("com-0101", "community_officer")
AT_ONCE = timedelta(hours=1)


def exclusion_asked() -> CaseInTest:
    return act(lives.closed(), AskExclusion(because="beyond_policy", reason="超出政策范围"), LEAD)


def exclusion_approved_once() -> CaseInTest:
    return act(exclusion_asked(), ReviewExclusion(granted=True, reason="属实"), OPERATOR)


ROWS = [
    row("the lead signs in", lives.dispatched, SignIn(), LEAD, "in_progress", "signed_in"),
    row("a cooperating department signs in", lives.in_progress, SignIn(), WORKS, "in_progress", "signed_in"),
    row("the lead passes it on", lives.dispatched, Return(reason="不归我们", suggested="sanitation"), LEAD,
        "return_requested", "returned"),
    row("the center finds the objection wrong", lives.returned, REFUSED, OPERATOR, "dispatched", "request_reviewed"),
    row("the center lets the rules decide", lives.returned, GRANTED, OPERATOR,
        "return_requested", "request_reviewed"),
    row("the center dispatches what nobody decided", lives.consulting, Dispatch(lead="sanitation", reason="指定"),
        OPERATOR, "dispatched", "dispatched"),
    row("the center consults", lives.in_progress, Consult(reason="职责交叉", units=("sanitation",)), OPERATOR,
        "consulting", "consultation_opened"),
    row("the center does not accept it", lives.dispatched,
        Reject(because="repeat_without_new_facts", explanation="此前已办结"), OPERATOR, "rejected", "rejected"),
    row("the street hands it over at once", lives.in_progress, HandOver(to="120", note="有人受伤"), STREET,
        "handed_over", "handed_over"),
    row("the grid solves it on the spot", lives.of_the_grid, ResolveOnSpot(measure="当场清走"), LEAD,
        "resolved_on_spot", "resolved_on_spot"),
    row("the community finds the spot in order", lives.resolved_on_spot, Verify(done=True), COMMUNITY,
        "closed", "closed"),
    row("the community finds the spot as it was", lives.resolved_on_spot, Verify(done=False, note="仍在"), COMMUNITY,
        "rework", "rework_ordered"),
    row("the lead asks for more time", lives.in_progress, AskExtension(by="1wd", reason="备件在途"), LEAD,
        "extension_requested", "extension_asked"),
    row("more time is granted", lives.extension_requested, GRANTED, OPERATOR, "in_progress", "extended"),
    row("more time is refused", lives.extension_requested, REFUSED, OPERATOR, "in_progress", "request_reviewed"),
    row("the lead takes its request back", lives.extension_requested, Withdraw(), LEAD,
        "in_progress", "request_withdrawn"),
    row("the lead asks for a pause", lives.in_progress, AskSuspension(reason="等待雨季结束", condition="雨季结束"),
        LEAD, "suspension_requested", "suspension_asked"),
    row("the head approves a pause first", lives.suspension_requested, GRANTED, HEAD,
        "suspension_requested", "request_reviewed"),
    row("the center approves a pause second", lives.approved_by_the_head, GRANTED, OPERATOR,
        "suspended", "suspended"),
    row("the center refuses a pause", lives.approved_by_the_head, REFUSED, OPERATOR,
        "in_progress", "request_reviewed"),
    row("the condition of a pause holds", lives.suspended, Resume(reason="已供暖"), OPERATOR,
        "in_progress", "resumed"),
    row("the lead explains why not", lives.in_progress, Explain(talked_with="王某", text="当面说明"), LEAD,
        "in_progress", "explained"),
    row("the lead asks to end it", lives.explained, AskTermination(reason="超出政策"), LEAD,
        "termination_requested", "termination_asked"),
    row("the center ends it", lives.termination_requested, GRANTED, OPERATOR, "terminated", "terminated"),
    row("the center does not end it", lives.termination_requested, REFUSED, OPERATOR,
        "in_progress", "request_reviewed"),
    row("a cooperating department delivers", lives.in_progress, DeliverPart(measure="已封路"), WORKS,
        "in_progress", "part_delivered"),
    row("the lead answers", lives.in_progress, Handle(**ANSWER), LEAD, "handled", "handled"),
    row("the lead answers without the time it asked for", lives.extension_requested, Handle(**ANSWER), LEAD,
        "handled", "handled"),
    row("the street finds it done", lives.handled, Verify(done=True), STREET, "closed", "closed"),
    row("the street finds it not done", lives.handled, Verify(done=False, note="仍有积水"), STREET,
        "rework", "rework_ordered"),
    row("the lead answers again", lives.rework, Handle(**ANSWER), LEAD, "handled", "handled"),
    row("the center supervises by hand", lives.in_progress, Supervise(reason="群众反映强烈"), OPERATOR,
        "in_progress", "supervision_ordered"),
    row("somebody writes into the log", lives.in_progress, Note(kind="log", text="已到现场"), STREET,
        "in_progress", "noted"),
    row("the reporter is content", lives.closed, FollowUp(answer="satisfied"), STREET, "archived", "archived"),
    row("the reporter is not content", lives.closed, FollowUp(answer="unsatisfied", note="仍有异味"), STREET,
        "rework", "rework_ordered"),
    row("nobody answers the call", lives.closed, FollowUp(answer="no_answer"), STREET, "closed", "follow_up_called"),
    row("a closed case begins again", lives.closed, Reopen(because="unsatisfied", reason="又堵了"), OPERATOR,
        "dispatched", "dispatched"),
    row("an objection to a rejection holds", lives.rejected, Reopen(because="objection", reason="应当受理"), OPERATOR,
        "dispatched", "dispatched"),
    row("the lead asks to leave it out of the rates", lives.closed,
        AskExclusion(because="force_majeure", reason="暴雨红色预警"), LEAD, "closed", "exclusion_asked"),
    row("one person leaves nothing out", exclusion_asked, ReviewExclusion(granted=True, reason="属实"), OPERATOR,
        "closed", "exclusion_reviewed"),
    row("a second person leaves it out", exclusion_approved_once, ReviewExclusion(granted=True, reason="属实"), SECOND,
        "closed", "exclusion_reviewed"),
    *BESIDE,
]  # fmt: skip


@pytest.mark.parametrize(("start", "asked", "who", "state", "fact"), ROWS)
def test_the_act_ends_where_the_table_says(
    start: Callable[[], CaseInTest], asked: Any, who: tuple[str, ...], state: str, fact: str
) -> None:
    case = start()
    said, transition = len(case.taken.facts), TABLE[type(asked)]

    act(case, asked, who)

    assert case.state == state
    events: list[Any] = [stated.event for stated in case.taken.facts[said:]]
    tags = [event.what.__struct_config__.tag for event in events if isinstance(event, CaseProgressed)]
    assert tags[-1] == fact
    if transition.to is not None:
        assert (transition.to, bool(transition.needs), transition.fact in tags) == (state, True, True)


def test_every_act_of_the_table_has_a_row_here() -> None:
    assert {type(param.values[1]) for param in ROWS} == TABLE.keys()


@pytest.mark.parametrize("transition", TABLE.values(), ids=lambda transition: transition.act.__name__)
def test_no_row_leaves_open_who_may_and_what_it_needs(transition: Transition) -> None:
    assert transition.needs.strip()
    assert (transition.by.__doc__ or "").strip()
    assert transition.source
    assert transition.fact


BODIES: dict[type, Any] = {type(param.values[1]): param.values[1] for param in ROWS}


@pytest.mark.parametrize("asked", BODIES.values(), ids=lambda asked: type(asked).__name__)
def test_from_every_other_state_the_act_is_refused(asked: Any) -> None:
    for state, make in IN_STATE.items():
        if state in TABLE[type(asked)].source:
            continue
        with pytest.raises(RefusedError) as refused:
            act(make(), asked, OPERATOR)
        assert refused.value.slug == "not-in-this-state"


def test_every_state_is_reached_as_it_is_called() -> None:
    assert {state: make().state for state, make in IN_STATE.items()} == {state: state for state in IN_STATE}


@pytest.mark.parametrize("make", IN_STATE.values(), ids=IN_STATE)
def test_a_case_has_an_owner_in_every_state(make: Callable[[], CaseInTest]) -> None:
    taken = make().taken
    leads = [part.unit for part in taken.open_assignments() if part.role == "lead"]

    assert taken.case.lead
    assert leads == ([taken.case.lead] if taken.case.closed_at is None else [])


def test_the_fact_of_a_supervision_order_says_that_it_is_open() -> None:
    case = lives.in_progress()

    act(case, Supervise(reason="群众反映强烈"), OPERATOR)

    stated: Any = case.taken.facts[-1].event
    assert stated.supervision_open == 1


@pytest.mark.parametrize("make", IN_STATE.values(), ids=IN_STATE)
def test_every_fact_says_who_and_when(make: Callable[[], CaseInTest]) -> None:
    for stated in make().taken.facts:
        event: Any = stated.event
        if hasattr(event, "actor"):
            assert event.actor.unit
            assert event.actor.role
            assert event.at.tzinfo is not None


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(AskExtension, id="more-time"),
        pytest.param(AskSuspension, id="a-pause"),
        pytest.param(AskTermination, id="an-end"),
        pytest.param(Review, id="a-decision"),
        pytest.param(Reopen, id="another-beginning"),
        pytest.param(Reject, id="a-rejection"),
    ],
)
def test_nothing_is_asked_or_decided_without_a_reason(asked: type) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(asked)}
    reason = fields.get("reason") or fields["explanation"]

    assert reason.required
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("", reason.type)


@pytest.mark.parametrize(
    ("start", "asked", "who", "slug"),
    [
        row("whoever asked does not decide", lives.extension_requested, GRANTED,
            (CENTER, "center_operator", "drainage"), "not-yours-to-do"),
        row("whoever approved first does not approve second", lives.approved_by_the_head, GRANTED,
            (CENTER, "center_operator", "the head of drainage"), "not-yours-to-do"),
        row("the center does not approve a pause first", lives.suspension_requested, GRANTED, OPERATOR,
            "not-yours-to-do"),
        row("nobody ends a case before three explanations", lives.in_progress, AskTermination(reason="无法办理"), LEAD,
            "explain-first"),
        row("a pause has a date or a condition", lives.in_progress, AskSuspension(reason="等一等"), LEAD,
            "until-when"),
        row("a department's matter is not solved on the spot", lives.in_progress, ResolveOnSpot(measure="清走"), LEAD,
            "beyond-the-grid"),
        row("whoever asked for an exclusion does not grant it", exclusion_asked,
            ReviewExclusion(granted=True, reason="属实"), (CENTER, "center_operator", "drainage"), "not-yours-to-do"),
        row("one person does not grant an exclusion twice", exclusion_approved_once,
            ReviewExclusion(granted=True, reason="属实"), OPERATOR, "not-yours-to-do"),
        row("an exclusion is asked for once", exclusion_asked,
            AskExclusion(because="beyond_policy", reason="再申请"), LEAD, "asked-already"),
        row("a case is not begun again by a department", lives.closed, Reopen(because="new_facts", reason="又堵"), LEAD,
            "not-yours-to-do"),
        row("whoever is not content says why", lives.closed, FollowUp(answer="unsatisfied", note=" "), STREET,
            "reason-missing"),
        row("a resident's matter is not closed unanswered", lives.unanswered, Verify(done=True), COMMUNITY,
            "answer-missing"),
        row("an unknown unit is not consulted", lives.dispatched, Consult(reason="会商", units=("nobody",)), OPERATOR,
            "unknown-unit"),
    ],
)  # fmt: skip
def test_the_guard_holds(start: Callable[[], CaseInTest], asked: Any, who: tuple[str, ...], slug: str) -> None:
    case = start()
    version = case.taken.case.version

    with pytest.raises(RefusedError) as refused:
        act(case, asked, who)

    assert refused.value.slug == slug
    assert case.taken.case.version == version


def test_a_case_is_left_out_of_the_rates_by_two_persons_only() -> None:
    once = exclusion_approved_once()
    assert not once.taken.case.excluded

    act(once, ReviewExclusion(granted=True, reason="属实"), SECOND)

    assert once.taken.case.excluded
    assert once.state == "closed"


def test_a_refused_objection_designates_the_lead_for_good() -> None:
    case = act(lives.returned(), REFUSED, OPERATOR)

    with pytest.raises(RefusedError) as refused:
        act(case, Return(reason="仍不归我们", suggested="sanitation"), LEAD)

    assert refused.value.slug == "finally-designated"
    assert case.taken.case.tried == []


def test_while_the_center_consults_the_first_contact_keeps_the_case() -> None:
    case = act(lives.in_progress(), Consult(reason="职责交叉", units=("traffic_police",)), OPERATOR)

    assert case.taken.lead_assignment().unit == "drainage"
    assert case.clock("handling", "drainage").stopped_at is None
    assert "traffic_police" in case.taken.case.units
    assert [clock.kind for clock in case.taken.running("review")] == ["review"]


def test_what_a_grid_worker_solved_on_the_spot_waits_for_the_community() -> None:
    case = lives.reported_on_the_spot()

    assert case.state == "resolved_on_spot"
    assert {clock.kind for clock in case.taken.clocks} == {"promise", "verification"}


def test_a_reopened_case_has_a_new_promise_and_the_old_one_stays_as_it_was() -> None:
    case = lives.closed()
    first = case.clock("promise")
    kept = (first.due_at, first.stopped_at)

    act(case, Reopen(because="unsatisfied", reason="又堵了"), OPERATOR, after=timedelta(days=3))

    second = case.clock("promise", cycle=2)
    assert second.due_at > first.due_at
    assert (first.due_at, first.stopped_at) == kept
    assert case.said[-2:] == ["Reopened", "Dispatched"]
    assert case.taken.case.closed_at is None


@pytest.mark.parametrize(
    ("rating", "text", "state", "is_called"),
    [
        pytest.param(2, "雨后仍积水", "rework", False, id="unsatisfied-with-a-reason"),
        pytest.param(1, None, "closed", True, id="unsatisfied-without-a-reason"),
        pytest.param(3, "拖得太久", "closed", False, id="content-after-all"),
    ],
)
def test_a_rating_counts_by_what_it_says(rating: int, text: str | None, state: str, *, is_called: bool) -> None:
    case = lives.closed()
    said = ReportFollowedUp(
        event_id=an_id("rating"), report_id=case.id, case_id=case.id, at=MONDAY_NOON,
        kind="rating", rating=rating, text=text,
    )  # fmt: skip

    take_follow_up(case.taken, said, MONDAY_NOON + 2 * AT_ONCE, case.city)

    assert (case.state, any(case.taken.running("follow_up"))) == (state, is_called)


def test_the_third_rework_is_a_problem_ticket_whoever_ordered_it() -> None:
    case = lives.rework()
    for _ in range(2):
        act(case, Handle(**ANSWER), LEAD)
        act(case, Verify(done=True), STREET)
        act(case, FollowUp(answer="unsatisfied", note="仍有异味"), STREET)

    assert (case.taken.case.reworks, case.taken.case.problem_ticket, case.state) == (3, True, "consulting")
    assert [part.unit for part in case.taken.open_assignments() if part.role == "lead"] == [CENTER]


def test_whoever_rated_it_is_not_called() -> None:
    case = lives.closed()
    rating = ReportFollowedUp(
        event_id=an_id("rating"), report_id=case.id, case_id=case.id, at=MONDAY_NOON, kind="rating", rating=5
    )

    take_follow_up(case.taken, rating, MONDAY_NOON + 2 * AT_ONCE, case.city)

    assert not list(case.taken.running("follow_up"))
