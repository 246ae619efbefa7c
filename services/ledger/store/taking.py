"""Taking cases and writing them back: the one way to change a case that exists (design §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.codec import encode
from services.contracts.events import CaseDispatched
from services.ledger.domain.acts import Asker
from services.ledger.domain.state import (
    AssignmentRow,
    CaseDocument,
    CaseRow,
    ClockRow,
    StepRow,
)
from services.ledger.domain.taken import TakenCase
from services.ledger.store.deriving import derive_written
from services.ledger.store.whistles import write_whistles

TAKE: Final = "select taken_at, actor, document from ledger.take($1, $2)"
WRITE: Final = "select ledger.write($1, $2, $3)"
EPOCH: Final = "select delivery.epoch()"

_DOCUMENT: Final = msgspec.json.Decoder(CaseDocument)
_ASKER: Final = msgspec.json.Decoder(Asker)
_ENCODER: Final = msgspec.json.Encoder()


class FactRow(msgspec.Struct, kw_only=True):
    """Where a fact stands; `body` is the 1-based index of its bytes beside the changes."""

    case_id: UUID
    version: int
    topic: str
    event_id: UUID
    at: datetime
    body: int


class WidenedRow(msgspec.Struct):
    """A case that more units, or others, may see now."""

    case_id: UUID


class DecisionRow(msgspec.Struct):
    case_id: UUID
    decision: CaseDispatched


class FollowUpRow(msgspec.Struct):
    followup_id: UUID
    applied_version: int


class ActRow(msgspec.Struct, kw_only=True):
    """The act's answer, kept so that its repeat answers the same."""

    key: str
    fingerprint: str
    """SHA-256 of the act's body, in hex."""
    at: datetime
    answer: msgspec.Raw


class Changes(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What `ledger.write` takes: changed rows by table."""

    cases: list[CaseRow]
    decisions: list[DecisionRow] = []
    widened: list[WidenedRow] = []
    assignments: list[AssignmentRow] = []
    clocks: list[ClockRow] = []
    steps: list[StepRow] = []
    facts: list[FactRow] = []
    followups: list[FollowUpRow] = []
    act: ActRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Locked cases, the instant after the lock, and who asks (None for time and the ledger itself)."""

    now: datetime
    asker: Asker | None
    cases: Sequence[TakenCase]

    def case(self, case_id: UUID) -> TakenCase | None:
        """Return one of the taken cases; None when the asker may not see it."""
        return next((case for case in self.cases if case.case.case_id == case_id), None)


async def take(connection: Any, case_ids: Iterable[UUID], token_hash: bytes | None, epoch: int) -> Taken | None:
    """Lock the cases in order and return them; None when there is none the asker may see.

    Raises:
        asyncpg.InvalidAuthorizationSpecificationError: the token is unknown, expired or revoked.
    """
    rows = await connection.fetch(TAKE, list(case_ids), token_hash)
    if not rows:
        return None
    actor = rows[0]["actor"]
    return Taken(
        now=rows[0]["taken_at"],
        asker=None if actor is None else _ASKER.decode(actor),
        cases=[TakenCase(_DOCUMENT.decode(row["document"]), epoch) for row in rows],
    )


async def write(
    connection: Any, cases: Iterable[TakenCase], token_hash: bytes | None, act: ActRow | None = None
) -> None:
    """Write back what was stated on the taken cases, all or nothing.

    Raises:
        asyncpg.SerializationError: a case is not at the version it was taken at.
        asyncpg.UniqueViolationError: a step, or the act's key, is there already.
    """
    changed = [case for case in cases if case.facts]
    changes, bodies = changes_of(changed, act)
    if changes.cases or act is not None:
        await connection.execute(WRITE, _ENCODER.encode(changes).decode(), bodies, token_hash)
        await derive_written(connection, changed, token_hash)
        await write_whistles(connection, changed, token_hash)


def changes_of(cases: Sequence[TakenCase], act: ActRow | None) -> tuple[Changes, list[bytes]]:
    """Return the changed rows of all cases, and the facts' bytes beside them."""
    changes = Changes(cases=[case.case for case in cases], act=act)
    bodies: list[bytes] = []
    for case in cases:
        _add_rows(changes, case)
        for stated in case.facts:
            bodies.append(encode(stated.event))
            changes.facts.append(
                FactRow(
                    case_id=case.case.case_id,
                    version=stated.version,
                    topic=stated.event.TYPE,
                    event_id=stated.event.event_id,
                    at=stated.event.happened_at,
                    body=len(bodies),
                )
            )
    return changes, bodies


def _add_rows(changes: Changes, case: TakenCase) -> None:
    changes.steps += case.steps
    changes.followups += [FollowUpRow(*applied) for applied in case.followups_applied.items()]
    if case.found_units != case.case.units:
        changes.widened.append(WidenedRow(case.case.case_id))
    if case.decision_changed:
        changes.decisions.append(DecisionRow(case.case.case_id, case.decision))
    for row in case.touched.values():
        match row:
            case AssignmentRow():
                changes.assignments.append(row)
            case ClockRow():
                changes.clocks.append(row)
            case _:  # whistles and calls are written beside
                pass
