"""Looks into the vault: each leaves its audit row in the same transaction, and without the key file shows nothing."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from services.chassis.sealing import Keys

if TYPE_CHECKING:
    from services.identity.actors import Connection

REVEAL: Final = "select text_id, what, key_id, wrapped_key, sealed from vault.reveal($1, $2)"
WITH_TAIL: Final = "select vault.with_tail($1, $2, $3)"
MINE: Final = """
    select c.case_id from unnest($1::text[]) mine (unit)
    cross join lateral (
        select a.case_id, a.due_at from ledger.assignments a where a.handling_unit = mine.unit and a.ended_at is null
        order by a.due_at limit 2000
    ) c limit 2000
"""
MAC_BYTES: Final = 16


class _Words(msgspec.Struct, frozen=True):
    """A report's own words, as intake seals them: what was not to travel as it was written."""

    text: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a reporter left: the contact, and their words as they wrote them."""

    contact: dict[str, Any]
    texts: tuple[str, ...]


async def reveal(connection: "Connection", keys: Keys, report_id: UUID, purpose: str) -> Revealed:
    """Return what the vault holds of a report.

    Raises:
        asyncpg.InsufficientPrivilegeError: the report is not theirs to reveal.
        CannotOpenError: the key file lacks the key.
    """
    contact: dict[str, Any] = {}
    texts = []
    for row in await connection.fetch(REVEAL, report_id, purpose):
        owner = UUID(int=row["text_id"].int)
        envelope = keys.open_for(owner.bytes, row["key_id"], row["wrapped_key"])
        opened = envelope.open(row["what"].encode(), row["sealed"])
        if row["what"] == "contact":
            contact = msgspec.json.decode(opened)
        else:
            texts += _words_in(opened) if owner == report_id else [opened.decode()]
    return Revealed(contact, tuple(texts))


def _words_in(opened: bytes) -> list[str]:
    words = msgspec.json.decode(opened, type=_Words)
    return [each for each in (words.text, words.address) if each]


async def cases_with_tail(
    connection: "Connection", keys: Keys, units: Sequence[str], tail: str, purpose: str
) -> tuple[UUID, ...]:
    """Return the cases of the units whose reporter's phone ends so; each one found leaves an audit row."""
    rows = await connection.fetch(MINE, list(units))
    macs = [hmac.digest(key.marking, b"tail/" + tail.encode(), "sha256")[:MAC_BYTES] for key in keys.keys.values()]
    found = await connection.fetch(WITH_TAIL, [row["case_id"] for row in rows], macs, purpose)
    return tuple(UUID(int=row[0].int) for row in found)
