"""Writing taken cases back: the one way to change a case that exists (design §3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.codec import encode
from services.contracts.events import CaseDispatched, NoticeIssued
from services.ledger.domain.state import AssignmentRow, CallRow, CaseRow, ClockRow, StepRow, WhistleRow
from services.ledger.domain.taken import TakenCase

WRITE: Final = "select ledger.write($1, $2, $3)"
WRITE_EACH: Final = "select ledger.write_each($1, $2, $3)"
ISSUE: Final = "select ledger.issue_notice($1, $2, $3)"

_ENCODER: Final = msgspec.json.Encoder()


class FactRow(msgspec.Struct, kw_only=True):
    """Where a fact stands; `body` is the 1-based index of its bytes beside the changes."""

    case_id: UUID
    version: int
    topic: str
    event_id: UUID
    at: datetime
    body: int


class NoticeRow(msgspec.Struct):
    """A notice to issue, once by its id; `body` as for facts."""

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
    asker: int = 1
    """Whose act it was, as in a case's row."""


class Changes(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What `ledger.write` and `ledger.write_each` take: changed rows by table."""

    cases: list[CaseRow]
    decisions: list[DecisionRow] = []
    widened: list[WidenedRow] = []
    assignments: list[AssignmentRow] = []
    clocks: list[ClockRow] = []
    whistles: list[WhistleRow] = []
    calls: list[CallRow] = []
    steps: list[StepRow] = []
    facts: list[FactRow] = []
    notices: list[NoticeRow] = []
    followups: list[FollowUpRow] = []
    act: ActRow | None = None
    acts: list[ActRow] = []


async def write(
    connection: Any, cases: Iterable[TakenCase], token_hash: bytes | None = None, act: ActRow | None = None
) -> None:
    """Write back what was stated on the taken cases, all or nothing.

    Raises:
        asyncpg.SerializationError: a case is not at the version it was taken at.
        asyncpg.UniqueViolationError: a step, or the act's key, is there already.
    """
    changes, bodies = changes_of([case for case in cases if case.facts], act)
    if changes.cases or act is not None:
        await connection.execute(WRITE, _ENCODER.encode(changes).decode(), bodies, token_hash)


async def write_each(
    connection: Any, cases: Iterable[TakenCase], token_hashes: Sequence[bytes], acts: Sequence[ActRow]
) -> None:
    """Write back what several acts changed, all or nothing; each row says by its `asker` whose token it is under.

    Raises:
        asyncpg.InsufficientPrivilegeError: a case is not its asker's to see, or the token opens nothing any more.
        What `write` raises.
    """
    changes, bodies = changes_of([case for case in cases if case.facts])
    changes.acts = list(acts)
    if changes.cases or acts:
        await connection.execute(WRITE_EACH, _ENCODER.encode(changes).decode(), bodies, token_hashes)


async def issue(connection: Any, notices: Iterable[NoticeIssued]) -> None:
    """Issue notices that no case states, each once by its id."""
    await connection.executemany(ISSUE, [(notice.event_id, notice.at, encode(notice)) for notice in notices])


def changes_of(cases: Sequence[TakenCase], act: ActRow | None = None) -> tuple[Changes, list[bytes]]:
    """Return the changed rows of all cases, and the bytes of facts and notices beside them."""
    changes = Changes(cases=[case.case for case in cases], act=act)
    bodies: list[bytes] = []
    for case in cases:
        _add_rows(changes, case)
        _add_stated(changes, bodies, case)
    return changes, bodies


def _add_stated(changes: Changes, bodies: list[bytes], case: TakenCase) -> None:
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
    for notice in case.notices:
        bodies.append(encode(notice))
        changes.notices.append(NoticeRow(notice.event_id, notice.at, len(bodies)))


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
            case WhistleRow():
                changes.whistles.append(row)
            case CallRow():
                changes.calls.append(row)
