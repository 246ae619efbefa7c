"""The timeline: every fact of a case in order, why it was routed so, and how each deadline was computed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.contracts.events import Actor, CaseProgressed, Explanation, What
from services.contracts.events.progress import Dispatched, FollowedUp, Opened, State
from services.contracts.events.report import Channel, ReporterKind
from services.desk.domain.due import HowDue
from services.ledger.domain.state import CENTER, CaseDocument

ENTRIES_MAX = 500


class TimelineAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Entries after a version; 0 begins with the report itself."""

    after: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=ENTRIES_MAX)] = ENTRIES_MAX


class Reported(msgspec.Struct, frozen=True, tag="reported"):
    """Somebody reported it."""

    channel: Channel
    reporter_kind: ReporterKind


class Accepted(msgspec.Struct, frozen=True, tag="accepted"):
    """Intake took it in under a number: from here on the promise runs."""

    number: str


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why this department: what matched, by which rule of which version."""

    lead: str
    cooperating: tuple[str, ...]
    rule: str | None
    matched: tuple[str, ...]
    beaten: tuple[str, ...]
    notes: tuple[str, ...]
    reference_version: int
    by_hand: bool
    consulting: bool


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A message about this fact: to whom, how it went, never where it was sent to."""

    unit: str
    """Empty for the reporter."""
    role: str
    """`*`: everybody of the unit whom it concerns."""
    channel: str
    state: str
    sent_at: datetime | None


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident added: masked words, and pictures of the case."""

    text: str | None
    """None also where the words may not travel; the vault shows them."""
    attachments: tuple[UUID, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line: who did what, when. `what` is the fact itself, its `type` names the sentence."""

    at: datetime
    version: int
    """The case's version after it; 0 before there was a case."""
    who: Actor
    state: State
    what: What | Reported | Accepted
    why: Why | None = None
    added: Added | None = None
    """What was added, where the fact says that something was."""
    told: tuple[Told, ...] = ()
    """Messages that went out because of it, or are on their way."""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a case's timeline, and all its clocks. `next_after` asks for what follows, if anything does."""

    at: datetime
    case_id: UUID
    number: str
    entries: tuple[Entry, ...]
    next_after: int | None
    clocks: tuple[HowDue, ...]


_NOBODY: Final[Mapping[int, Sequence[Told]]] = {}
_NOTHING: Final[Mapping[UUID, Added]] = {}


def entries_of(
    document: CaseDocument,
    facts: Iterable[CaseProgressed],
    after: int,
    told: Mapping[int, Sequence[Told]] = _NOBODY,
    added: Mapping[UUID, Added] = _NOTHING,
) -> Iterator[Entry]:
    """Give the entries in order; the report comes first when the timeline is read from its start.

    Args:
        document: the case.
        facts: what happened to it, in order.
        after: the version after which the timeline is read.
        told: messages by the version of the fact they are about.
        added: what residents added, by the follow-up's id.
    """
    if after == 0:
        yield from _before_the_case(document)
    for fact in facts:
        yield Entry(
            at=fact.at,
            version=fact.version,
            who=fact.actor,
            state=fact.state,
            what=fact.what,
            why=_why(fact),
            added=added.get(fact.what.followup_id) if isinstance(fact.what, FollowedUp) else None,
            told=tuple(told.get(fact.version, ())),
        )


def _before_the_case(document: CaseDocument) -> Iterator[Entry]:
    case, report = document.case, document.decision.report
    reporter = Actor(unit="", role=report.reporter_kind)
    said = Reported(channel=report.channel, reporter_kind=report.reporter_kind)
    yield Entry(at=case.accepted_at, version=0, who=reporter, state="reported", what=said)
    taken_in = Accepted(number=case.number)
    yield Entry(at=case.accepted_at, version=0, who=Actor(CENTER, "system"), state="reported", what=taken_in)


def _why(fact: CaseProgressed) -> Why | None:
    match fact.what:
        case Opened(because=because, consulting=consulting):
            return _explained(fact, because, by_hand=False, consulting=consulting)
        case Dispatched(because=because, by_hand=by_hand):
            return _explained(fact, because, by_hand=by_hand, consulting=fact.state == "consulting")
        case _:
            return None


def _explained(fact: CaseProgressed, because: Explanation, *, by_hand: bool, consulting: bool) -> Why:
    return Why(
        lead=fact.lead,
        cooperating=fact.cooperating,
        rule=because.rule,
        matched=because.matched,
        beaten=because.beaten,
        notes=because.notes,
        reference_version=fact.reference_version,
        by_hand=by_hand,
        consulting=consulting,
    )
