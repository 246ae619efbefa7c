"""A person's word on what was proposed: confirmed or declined, by whom, when and why (design §8)."""

from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.codec import event_id_of
from services.contracts.events import NoticeIssued
from services.contracts.events.notice import NoticeKind
from services.contracts.events.whistles import ProposalDecided, ProposalKind, Whistle
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.life.transition import OPEN, WORKING, Asked, Transition
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.state import CENTER
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Decide
from services.ledger.domain.whistle.joint_handling import mark_wrong, whistle_of
from services.ledger.domain.whistle.kinds import Blowing, blow
from services.ledger.domain.whistle.people import street_leader

NOTICE_OF: Final[Mapping[ProposalKind, NoticeKind]] = {"bulletin": "bulletin", "interview": "interview"}


def _center_leader(case: TakenCase, asker: Asker) -> bool:
    """The head of the command center, in the district's name; of a sensitive lane only with that lane."""
    return CENTER in asker.units and "center_leader" in {asker.role, *asker.roles} and case.case.lane in asker.lanes


_MAY: Final[Mapping[ProposalKind, Callable[[TakenCase, Asker], bool]]] = {
    "whistle": street_leader,
    "whistle_afterwards": street_leader,
    "bulletin": _center_leader,
    "interview": _center_leader,
    "express": _center_leader,
}


def may_decide(case: TakenCase, asker: Asker) -> bool:
    """Whether something waits for this person's word."""
    return any(_may(case, proposal, asker) for proposal in case.proposals if proposal.state == "proposed")


def _may(case: TakenCase, proposal: ProposalRow, asker: Asker) -> bool:
    """Whoever proposed does not decide."""
    return _MAY[proposal.kind](case, asker) and proposal.proposed_by != asker.person_id


def _leads_somewhere(case: TakenCase, asker: Asker) -> bool:
    """A leader with a word to say: the street's, or the center's."""
    return street_leader(case, asker) or _center_leader(case, asker)


def _decide(case: TakenCase, asked: Asked) -> None:
    act: Decide = asked.act
    proposal = _waiting(case, act)
    if not _may(case, proposal, asked.asker):
        raise RefusedError("not-yours-to-do", "this proposal is not yours to decide")
    if not act.reason.strip() and not (act.confirm and proposal.kind in {"whistle", "whistle_afterwards"}):
        raise RefusedError("reason-missing", "say why")
    proposal.state = "confirmed" if act.confirm else "declined"
    proposal.decided_at, proposal.decided_by, proposal.decided_unit = asked.now, asked.asker.person_id, asked.asker.unit
    proposal.reason = act.reason
    case.keep(proposal)
    whistle = _blow_confirmed(case, proposal, asked) if proposal.kind == "whistle" and act.confirm else None
    fact = ProposalDecided(
        proposal=proposal.number, kind=proposal.kind, confirmed=act.confirm, reason=act.reason, whistle=whistle
    )
    version = case.state_fact(fact, asked.actor, asked.now)
    if proposal.kind == "whistle_afterwards" and not act.confirm:
        mark_wrong(case, whistle_of(case, proposal.whistle or 0), act.reason, asked)
    if act.confirm:
        _tell(case, proposal, version, asked)


def _waiting(case: TakenCase, act: Decide) -> ProposalRow:
    proposal = next((known for known in case.proposals if known.number == act.proposal), None)
    if proposal is None:
        raise RefusedError("no-proposal", f"this case has no proposal {act.proposal}")
    if proposal.state != "proposed":
        raise RefusedError("decided-already", f"proposal {act.proposal} was {proposal.state} before")
    return proposal


def _blow_confirmed(case: TakenCase, proposal: ProposalRow, asked: Asked) -> Whistle:
    """Blow what was asked for. The reporter of the proposal stays the whistler."""
    if case.case.state not in WORKING:
        raise RefusedError("not-in-this-state", f"departments are not called to a case that is {case.case.state}")
    if case.case.whistle_open is not None:
        raise RefusedError("whistle-open", "a whistle is open for this case already")
    blowing = Blowing(
        kind=proposal.whistle_kind or "public_demand",
        called=proposal.called,
        reason=proposal.because,
        ongoing=proposal.ongoing,
        meeting=proposal.meeting,
        by=proposal.proposed_by,
    )
    return blow(case, blowing, asked.now, asked.city)


def _tell(case: TakenCase, proposal: ProposalRow, version: int, asked: Asked) -> None:
    """A bulletin reaches everybody above the community, an interview those concerned; of a sensitive lane nobody."""
    kind = NOTICE_OF.get(proposal.kind)
    row = case.case
    if kind is None or row.lane != "ordinary":
        return
    units = (*asked.city.above_the_community(), CENTER) if kind == "bulletin" else (proposal.unit, CENTER)
    notice = NoticeIssued(
        event_id=event_id_of(case.epoch, row.case_id, kind, version),
        at=asked.now,
        kind=kind,
        units=tuple(dict.fromkeys(unit for unit in units if unit not in row.barred_units)),
        subject=row.number,
        facts={"case_id": str(row.case_id), "number": row.number, "unit": proposal.unit, "because": proposal.because},
    )
    case.notices.append(notice)


TRANSITIONS = (
    Transition(
        act=Decide,
        by=_leads_somewhere,
        source=OPEN | {"closed", "suspended"},
        needs="a proposal that waits, and another person than who proposed it; a reason, but for a whistle confirmed",
        fact="proposal_decided",
        do=_decide,
    ),
)
