"""Drafting and publishing: two persons, enough notice, and nothing that could not be compiled."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import asyncpg
import structlog

from services.reference.deciding.compile import compile_version
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import content_of, version_of
from services.reference.versions.register import as_registered, lacking, register

NOTICE_MIN: Final = timedelta(seconds=3)
"""A publication must be committed so long before it is in force; the SQL refuses less than 4 s before it commits."""
REFUSALS: Final = {
    "RV001": "who drafted a version cannot approve it",
    "RV002": "too close to active_from",
    "RV003": "no such draft, published already, or withdrawn",
    "RV005": "the mode is as asked already",
    "RV007": "no such admission, or decided already",
    "RV008": "who asks for an admission cannot decide it",
    "RV009": "the register of admissions says otherwise",
    "RV010": "this draft is being replayed now",
    "RV011": "too many open drafts",
    "42501": "the person lacks the role",
}
REASONS_MAX: Final = 20

_log = structlog.get_logger("whistle.reference")


class Connection(Protocol):
    """An asyncpg connection, or the pool."""

    async def fetch(self, query: str, *args: object) -> Any: ...

    async def fetchval(self, query: str, *args: object) -> Any: ...


class PublicationRefusedError(ValueError):
    """Nothing was published; the version in force stays. `code` is a key of REFUSALS."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Published:
    """A version that is or will be in force."""

    number: int
    active_from: datetime
    committed_by: datetime
    """An instant after the commit, by the database's clock."""

    @property
    def is_late(self) -> bool:
        """Whether it was committed so late that a report may have been decided without it: an alarm."""
        return self.number > 1 and self.active_from - self.committed_by < NOTICE_MIN


async def draft(connection: Connection, version: ReferenceVersion, note: str, token_hash: bytes) -> int:
    """Store a draft and return its id; who drafts is the token's person.

    Raises:
        UnreadableLimitError, CalendarDataError: the version cannot be compiled.
        PublicationRefusedError: the person is no rule owner.
    """
    # Half a second for a large district: too long for a service's event loop.
    content = await asyncio.to_thread(_content_that_compiles, version)
    drafted = await asked(connection, "select reference.draft($1, $2, $3)", content, note, token_hash)
    return int(str(drafted))


def _content_that_compiles(version: ReferenceVersion) -> bytes:
    compile_version(version)
    return content_of(version)


async def redraft(connection: Connection, number: int, note: str, token_hash: bytes) -> int:
    """Store an earlier version as a draft, its admissions as they are now: the way back is another publication."""
    content = await connection.fetchval("select content from reference.versions where version = $1", number)
    if content is None:
        raise PublicationRefusedError("RV003", f"no version {number}")
    version = as_registered(version_of(content, number, None), await register(connection))
    return await draft(connection, version, note, token_hash)


async def publish(connection: Connection, draft_id: int, active_from: datetime, token_hash: bytes) -> Published:
    """Publish a draft from `active_from` on. Call it outside a transaction: what it returns is committed.

    Raises:
        PublicationRefusedError: an admission it relies on was withdrawn or never approved, the drafter approves, less
            than 4 s of notice, no such draft, no such role.
    """
    await _require_admissions(connection, draft_id)
    number = await asked(connection, "select reference.publish($1, $2, $3)", draft_id, active_from, token_hash)
    committed_by = await connection.fetchval("select clock.now()")
    if not isinstance(committed_by, datetime):
        raise TypeError("clock.now() gave no instant")
    published = Published(int(str(number)), active_from, committed_by)
    if published.is_late:
        _log.error("published late: reports may have been decided without it", version=published.number)
    return published


async def _require_admissions(connection: Connection, draft_id: int) -> None:
    """Look at the register again: what was admitted when it was drafted may be withdrawn since (S0-08)."""
    content = await connection.fetchval("select content from reference.drafts where draft_id = $1", draft_id)
    if content is None:
        return
    reasons = lacking(version_of(content, 0, None), await register(connection))
    if reasons:
        raise PublicationRefusedError("RV009", "; ".join(reasons[:REASONS_MAX]))


async def asked(connection: Connection, query: str, *arguments: object) -> object:
    """Ask one of the definer functions. Raises PublicationRefusedError where it refuses."""
    try:
        return await connection.fetchval(query, *arguments)
    except asyncpg.PostgresError as error:
        if error.sqlstate not in REFUSALS:
            raise
        raise PublicationRefusedError(error.sqlstate, str(error)) from error
