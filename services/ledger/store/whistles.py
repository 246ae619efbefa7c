"""Whistles, calls, proposals and notices of cases just written: beside `ledger.write`, in its transaction."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.codec import encode
from services.contracts.events import NoticeIssued
from services.ledger.domain.proposal import ProposalRow
from services.ledger.domain.state import CallRow, WhistleRow
from services.ledger.domain.taken import TakenCase

WRITE: Final = "select ledger.write_whistles($1, $2)"
ISSUE: Final = "select ledger.issue_notice($1, $2, $3)"

_ENCODER: Final = msgspec.json.Encoder()


class Written(msgspec.Struct):
    """A case as it was just written."""

    case_id: UUID
    version: int


class Proposed(msgspec.Struct):
    case_id: UUID
    proposals: list[ProposalRow]


class WhistleChanges(msgspec.Struct, kw_only=True):
    """What `ledger.write_whistles` takes: changed rows by table."""

    cases: list[Written] = []
    proposed: list[Proposed] = []
    whistles: list[WhistleRow] = []
    calls: list[CallRow] = []


async def write_whistles(connection: Any, cases: Sequence[TakenCase], token_hash: bytes | None) -> None:
    """Write what the cases' whistles and proposals came to, and issue their notices; usually there is nothing."""
    changes = changes_of(cases)
    if changes.cases:
        await connection.execute(WRITE, _ENCODER.encode(changes).decode(), token_hash)
    await issue(connection, (notice for case in cases for notice in case.notices))


async def issue(connection: Any, notices: Iterable[NoticeIssued]) -> None:
    """Issue notices, each once by its id."""
    for notice in notices:
        await connection.execute(ISSUE, notice.event_id, notice.at, encode(notice))


def changes_of(cases: Iterable[TakenCase]) -> WhistleChanges:
    """Return the rows that changed, by table, and the cases they belong to."""
    changes = WhistleChanges()
    for case in cases:
        whistles = [row for row in case.touched.values() if isinstance(row, WhistleRow)]
        calls = [row for row in case.touched.values() if isinstance(row, CallRow)]
        if not (whistles or calls or case.proposals_changed):
            continue
        changes.cases.append(Written(case.case.case_id, case.case.version))
        changes.whistles += whistles
        changes.calls += calls
        if case.proposals_changed:
            changes.proposed.append(Proposed(case.case.case_id, case.proposals))
    return changes
