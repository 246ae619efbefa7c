"""The end of a case: handled, verified by another person, closed, or back for rework."""

from datetime import datetime
from typing import Final

from services.contracts.events import ReportFollowedUp
from services.contracts.events.progress import Closed, FollowedUp, Handled, Verified
from services.contracts.events.report import Channel
from services.ledger.domain.acts import Handle, RefusedError, Verify
from services.ledger.domain.city import City
from services.ledger.domain.clocks import late_units, start_clock, stop_all
from services.ledger.domain.life import who
from services.ledger.domain.life.asking import AT_WORK, overtake
from services.ledger.domain.life.ending import end_case
from services.ledger.domain.life.reopening import SETTLED, Again, begin_again
from services.ledger.domain.life.reworking import order_rework
from services.ledger.domain.life.satisfaction import RESIDENT, take_rating
from services.ledger.domain.life.transition import REQUESTED, Asked, Transition
from services.ledger.domain.taken import TakenCase

OF_NO_RESIDENT: Final[frozenset[Channel]] = frozenset({"grid_worker", "sensor"})
"""Whoever reports here is no resident: without a contact nobody waits for an answer."""


def _handle(case: TakenCase, asked: Asked) -> None:
    act: Handle = asked.act
    row = case.case
    overtake(case, asked)
    part = case.lead_assignment()
    row.answer = Handled(
        unit=row.lead,
        accepted_when=act.accepted_when,
        talked_with=act.talked_with,
        measure=act.measure,
        done_by=act.done_by,
    )
    row.handler, row.handled_at = asked.asker.person_id, asked.now
    part.state = "delivered"
    case.touch(part)
    stop_all(case, "handling", asked.now, part.unit)
    stop_all(case, "tier", asked.now)
    start_clock(case, "verification", "", case.decision.limits.verification, asked.now, asked.city)
    case.move_to("handled")
    case.state_fact(row.answer, asked.actor, asked.now)


def _verify(case: TakenCase, asked: Asked) -> None:
    act: Verify = asked.act
    if not (act.done or act.note.strip()):
        raise RefusedError("reason-missing", "say what is still to be done")
    if act.done and case.case.answer is None and _is_of_a_resident(case):
        raise RefusedError("answer-missing", "a resident reported this: say first whom it was told (回)")
    stop_all(case, "verification", asked.now)
    if act.done:
        case.state_fact(Verified(note=act.note), asked.actor, asked.now)
        _close(case, asked)
    else:
        order_rework(case, act.note, asked.actor, asked.now, asked.city)


def _is_of_a_resident(case: TakenCase) -> bool:
    return any(report.has_contact or report.channel not in OF_NO_RESIDENT for report in case.case.reports)


def _close(case: TakenCase, asked: Asked) -> None:
    row, now = case.case, asked.now
    promise = next(case.running("promise"))
    late = late_units(case, now)
    end_case(case, now)
    if any(report.has_contact for report in row.reports):
        start_clock(case, "follow_up", "", case.decision.limits.follow_up, now, asked.city)
    case.move_to("closed")
    case.state_fact(Closed(on_time=now <= promise.due_at, whistles=row.whistles, late_units=late), asked.actor, now)


def take_follow_up(case: TakenCase, event: ReportFollowedUp, now: datetime, city: City) -> None:
    """Let what a resident added reach the case: a fact on the timeline, whatever the state (S1-08).

    New facts on a case that has its result reopen it (S4-03); what has ended otherwise, a person looks at.
    """
    fact = FollowedUp(followup_id=event.event_id, kind=event.kind, rating=event.rating)
    case.followups_applied[event.event_id] = case.state_fact(fact, RESIDENT, now)
    if event.kind == "rating":
        take_rating(case, event, now, city)
    if event.kind == "facts" and case.case.state in SETTLED:
        begin_again(case, Again(because="new_facts", reason=event.text or "", actor=RESIDENT), now, city)


TRANSITIONS = (
    Transition(
        act=Handle,
        by=who.lead,
        source=AT_WORK | REQUESTED,
        to="handled",
        needs="the four elements of a reply",
        fact="handled",
        do=_handle,
    ),
    Transition(
        act=Verify,
        by=who.other_than_handler,
        source=frozenset({"handled", "resolved_on_spot"}),
        needs="another person than the handler; an answer to the resident, or a reason when it goes back",
        fact="verified",
        do=_verify,
    ),
)
