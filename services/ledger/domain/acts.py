"""What people may ask of a case, and how the ledger says no."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from services.contracts.events.progress import WhistleKind
from services.ledger.domain.life.acts import LifeAct
from services.ledger.domain.words import Short, Unit, Words


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, as the database found them behind the token: person, dated roles, units and lanes."""

    person_id: UUID
    unit: str
    role: str
    units: tuple[str, ...] = ()
    lanes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class RefusedError(Exception):
    """The act is not allowed now; what was settled before it stays. `slug` names the problem type."""

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail


class SignIn(msgspec.Struct, frozen=True, tag="sign_in", forbid_unknown_fields=True):
    """A called-on department takes its assignment on (签收)."""


class Return(msgspec.Struct, frozen=True, tag="return", forbid_unknown_fields=True):
    """The lead returns the case with a reason and the unit it suggests (退单)."""

    reason: Words
    suggested: Unit


class Dispatch(msgspec.Struct, frozen=True, tag="dispatch", forbid_unknown_fields=True):
    """The command center dispatches by hand what no rule covered, or re-dispatches."""

    lead: Unit
    reason: Words
    cooperating: Annotated[tuple[Unit, ...], msgspec.Meta(max_length=12)] = ()
    final: bool = False
    """The lead is finally designated: it cannot return the case."""


class Blow(msgspec.Struct, frozen=True, tag="whistle", forbid_unknown_fields=True):
    """The street blows the whistle (吹哨). Without `called` the case's own departments are called."""

    kind: WhistleKind
    reason: Words
    called: Annotated[tuple[Unit, ...], msgspec.Meta(max_length=12)] = ()


class ReportIn(msgspec.Struct, frozen=True, tag="report_in", forbid_unknown_fields=True):
    """A called department reports in (报到)."""

    place: Short = ""


class DeliverPart(msgspec.Struct, frozen=True, tag="deliver_part", forbid_unknown_fields=True):
    """A cooperating department says what it did for its part."""

    measure: Words


class Handle(msgspec.Struct, frozen=True, tag="handle", forbid_unknown_fields=True):
    """The lead answers with the four elements of a reply (X-09): all four, or it is refused."""

    accepted_when: Words
    talked_with: Words
    measure: Words
    done_by: Words


class Verify(msgspec.Struct, frozen=True, tag="verify", forbid_unknown_fields=True):
    """Another person than the handler looked: it is done, or goes back (X-08)."""

    done: bool
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class Supervise(msgspec.Struct, frozen=True, tag="supervise", forbid_unknown_fields=True):
    """The command center orders supervision by hand (督办)."""

    reason: Words


class Note(msgspec.Struct, frozen=True, tag="note", forbid_unknown_fields=True):
    """A line in the joint-handling log, or an urge by hand (催办)."""

    kind: Literal["log", "urge"]
    text: Words


Act = SignIn | Return | Dispatch | Blow | ReportIn | DeliverPart | Handle | Verify | Supervise | Note | LifeAct
