"""What people may ask of a case, and how the ledger says no."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec

from services.ledger.domain.life.acts import LifeAct
from services.ledger.domain.whistle.acts import WhistleAct
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


class DeliverPart(msgspec.Struct, frozen=True, tag="deliver_part", forbid_unknown_fields=True):
    """A cooperating department says what it did for its part."""

    measure: Words


class ReachStage(msgspec.Struct, frozen=True, tag="reach_stage", forbid_unknown_fields=True):
    """The lead has met one of several limits of the item, such as 制止 before 拆除 (X-20)."""

    stage: Short
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


Act = SignIn | Return | Dispatch | DeliverPart | ReachStage | Handle | Verify | Supervise | Note | WhistleAct | LifeAct
