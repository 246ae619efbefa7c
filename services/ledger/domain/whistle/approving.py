"""Asking for a whistle, blowing it, and the word of the street's leader: before, or after in emergencies."""

from services.contracts.events.progress import WhistleBlown
from services.contracts.events.whistles import MeetingPoint, WhistleProposed
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.life.transition import WORKING, Asked, Transition
from services.ledger.domain.proposing import Proposing, propose
from services.ledger.domain.state import CENTER
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Blow
from services.ledger.domain.whistle.kinds import Blowing, blow, whom_to_call
from services.ledger.domain.whistle.people import may_ask_for_a_whistle, street_leader, whistler
from services.reference.deciding.organisation import Organisation


def _blow(case: TakenCase, asked: Asked) -> None:
    act: Blow = asked.act
    blowing = Blowing(
        kind=act.kind,
        called=_whom(case, act.called, asked),
        reason=act.reason,
        ongoing=act.ongoing,
        meeting=_meeting(case, act, asked.city),
        by=asked.asker.person_id,
    )
    if not may_blow_now(case, asked):
        _ask_before(case, asked, blowing)
        return
    whistle = blow(case, blowing, asked.now, asked.city)
    proposal = None if street_leader(case, asked.asker) else _ask_afterwards(case, asked, whistle.number)
    case.state_fact(WhistleBlown(whistle=whistle, proposal=proposal), asked.actor, asked.now)


def may_blow_now(case: TakenCase, asked: Asked) -> bool:
    """Whether nobody needs to approve before: the leader blows, or it is an emergency and the street's officer does."""
    act: Blow = asked.act
    if street_leader(case, asked.asker):
        return True
    return whistler(case, asked.asker) and asked.city.policies.whistle.approval.get(act.kind) == "after"


def _whom(case: TakenCase, named: tuple[str, ...], asked: Asked) -> tuple[str, ...]:
    if case.case.whistle_open is not None:
        raise RefusedError("whistle-open", "a whistle is open for this case already")
    called = tuple(dict.fromkeys(named or whom_to_call(case, asked.city)))
    for unit in called:
        if not asked.city.is_department(unit) or unit in case.case.barred_units:
            raise RefusedError("cannot-be-called", f"{unit} cannot be called by a whistle")
    if not called:
        raise RefusedError("nobody-to-call", "name the departments to call")
    return called


def _meeting(case: TakenCase, act: Blow, city: City) -> MeetingPoint | None:
    """Return where they meet; a point lies on the ground of the case's own street, whose whistle it is."""
    if (act.longitude is None) != (act.latitude is None):
        raise RefusedError("half-a-point", "a point has a longitude and a latitude")
    if act.longitude is not None and act.latitude is not None:
        known = city.organisation or Organisation(())
        grid = known.grid_at(act.longitude, act.latitude)
        if grid is None or not known.is_under(grid, (case.case.subdistrict or "",)):
            raise RefusedError("outside-the-subdistrict", "the meeting point lies outside the case's subdistrict")
    if act.longitude is None and not act.place.strip():
        return None
    return MeetingPoint(act.place.strip(), act.longitude, act.latitude)


def _ask_before(case: TakenCase, asked: Asked, blowing: Blowing) -> None:
    already = [known for known in case.proposals if known.kind == "whistle" and known.state == "proposed"]
    if already:
        raise RefusedError("whistle-proposed", "somebody has asked for a whistle already; the leader decides")
    proposing = Proposing(
        kind="whistle",
        unit=case.case.subdistrict or CENTER,
        because=blowing.reason,
        by=blowing.by,
        whistle_kind=blowing.kind,
        called=blowing.called,
        ongoing=blowing.ongoing,
        meeting=blowing.meeting,
    )
    proposal = propose(case, proposing, asked.now)
    fact = WhistleProposed(
        proposal=proposal.number,
        kind=blowing.kind,
        called=blowing.called,
        reason=blowing.reason,
        ongoing=blowing.ongoing,
        meeting=blowing.meeting,
    )
    case.state_fact(fact, asked.actor, asked.now)


def _ask_afterwards(case: TakenCase, asked: Asked, number: int) -> int:
    act: Blow = asked.act
    subdistrict = case.case.subdistrict or CENTER
    proposing = Proposing(
        kind="whistle_afterwards",
        unit=subdistrict,
        because=act.reason,
        by=asked.asker.person_id,
        whistle=number,
        whistle_kind=act.kind,
    )
    return propose(case, proposing, asked.now).number


TRANSITIONS = (
    Transition(
        act=Blow,
        by=may_ask_for_a_whistle,
        source=WORKING,
        needs="a reason, no open whistle, departments that can be called; the leader's word, before or after",
        fact="whistle_blown",
        do=_blow,
    ),
)
