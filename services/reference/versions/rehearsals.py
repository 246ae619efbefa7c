"""Replays of past cases as a page shows them: begun once at a time, told about while they run, kept when they end."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.contracts.events.report import ReportFacts
from services.reference.versions.admissions import Connection
from services.reference.versions.past_reports import report_decided
from services.reference.versions.publish import asked
from services.reference.versions.replay import Replay

ASKED_MAX: Final = 100_000
"""Cases at most; the command line replays millions."""
BEGIN: Final = "select reference.begin_replay($1, $2, $3, $4, $5)"
TELL: Final = "select reference.tell_replay($1, $2, $3, $4::jsonb)"
REPLAY: Final = """
    select r.against, r.begun_by, r.begun_at, r.asked, r.decided, r.ended, r.result::text as result,
        r.ended is null and r.told_at > clock_timestamp() - interval '10 seconds' as running
    from reference.replays r where r.draft_id = $1 and r.against = $2
"""
PAST: Final = "select case_id, report from ledger.past_reports($1, $2, $3)"

Ended = Literal["done", "too_long", "failed"]
_REPLAY: Final = msgspec.json.Decoder(Replay, dec_hook=lambda _, counts: Counter(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A replay of a draft against a version. Neither running nor ended: its process went away."""

    against: int
    begun_by: UUID
    begun_at: datetime
    asked: int
    decided: int
    ended: Ended | None
    running: bool
    result: Replay | None


async def rehearsal_of(connection: Connection, draft_id: int, against: int) -> Rehearsal | None:
    """Return the last replay of a draft against a version."""
    for row in await connection.fetch(REPLAY, draft_id, against):
        result = None if row["result"] is None else _REPLAY.decode(row["result"])
        return Rehearsal(**{**dict(row), "begun_by": UUID(int=row["begun_by"].int), "result": result})
    return None


async def begin(connection: Connection, draft_id: int, against: int, wanted: int, run: UUID, token_hash: bytes) -> None:
    """Note that a replay begins.

    Raises:
        PublicationRefusedError: another one of this draft is running, or the person may not.
    """
    await asked(connection, BEGIN, draft_id, against, wanted, run, token_hash)


async def tell(connection: Connection, run: UUID, decided: int, ended: Ended | None, result: Replay | None) -> bool:
    """Say how far it is; False when its word no longer counts."""
    body = None if result is None else msgspec.json.encode(result).decode()
    return bool(await connection.fetchval(TELL, run, decided, ended, body))


async def past_reports(
    connection: Connection, before: UUID | None, at_most: int, token_hash: bytes
) -> tuple[list[ReportFacts], UUID | None]:
    """Return the latest reports of cases before `before`, at most 1,000, and the last case's id; None at the end."""
    rows = await connection.fetch(PAST, before, at_most, token_hash)
    return [report_decided(row["report"]) for row in rows], rows[-1]["case_id"] if rows else None
