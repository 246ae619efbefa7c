"""Taking cases: locked, each whole, with all that an act or a step goes by (design §3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.ledger.domain.acts import Asker
from services.ledger.domain.state import CaseDocument
from services.ledger.domain.taken import TakenCase

# As bytes: as str, one Chinese character makes every other one twice as long, and decoding makes bytes of it again.
DOCUMENT: Final = "convert_to(document::text, 'UTF8') as document"
COLUMNS: Final = f"taken_at, epoch, stopped, actor, answered, {DOCUMENT}"
TAKE: Final = f"select {COLUMNS} from ledger.take($1, $2, $3)"
TAKE_OWED: Final = f"select {COLUMNS} from ledger.take_owed($1)"
TAKE_EACH: Final = f"select place, taken_at, epoch, stopped, actor, {DOCUMENT} from ledger.take_each($1, $2, $3)"


class Answered(msgspec.Struct, frozen=True):
    """What an act of this person under this key was answered before."""

    fingerprint: str
    """SHA-256 of the act's body, in hex."""
    answer: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Locked cases, the instant after the lock, and who asks (None for time and the ledger itself)."""

    now: datetime
    stopped: str | None
    """Why nothing acts at present: the clocks disagree (design §8)."""
    asker: Asker | None
    answered: Answered | None
    cases: Sequence[TakenCase]

    def case(self, case_id: UUID) -> TakenCase | None:
        """Return one of the taken cases; None when the asker may not see it."""
        return next((case for case in self.cases if case.case.case_id == case_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFor:
    """A taken case, the place among the acts asked of the one that is about it, and who asks that."""

    place: int
    asker: Asker
    case: TakenCase


_DOCUMENT: Final = msgspec.json.Decoder(CaseDocument)
_ASKER: Final = msgspec.json.Decoder(Asker)
_ANSWERED: Final = msgspec.json.Decoder(Answered)


async def take(
    connection: Any, case_ids: Iterable[UUID], token_hash: bytes | None = None, key: str | None = None
) -> Taken | None:
    """Lock the cases in order and return them; None when there is none the asker may see. `key` is the act's.

    Raises:
        asyncpg.InvalidAuthorizationSpecificationError: the token is unknown, expired or revoked.
    """
    return _taken(await connection.fetch(TAKE, list(case_ids), token_hash, key))


async def take_owed(connection: Any, at_most: int) -> Taken | None:
    """Take the cases that owe a step by now, oldest first; what another instance holds is left to it."""
    return _taken(await connection.fetch(TAKE_OWED, at_most))


async def take_each(
    connection: Any, case_ids: Sequence[UUID], token_hashes: Sequence[bytes], keys: Sequence[str]
) -> tuple[Taken, Sequence[TakenFor]] | None:
    """Take the case of each of several acts, waiting for nobody; None when there is none to be taken.

    Left out is what has to go alone: cases that somebody else holds or the asker may not see, acts answered before,
    tokens that open nothing.
    """
    rows = await connection.fetch(TAKE_EACH, case_ids, token_hashes, keys)
    if not rows:
        return None
    each = [
        TakenFor(
            place=row["place"] - 1,
            asker=_ASKER.decode(row["actor"]),
            case=TakenCase(_DOCUMENT.decode(row["document"]), row["epoch"]),
        )
        for row in rows
    ]
    first = rows[0]
    cases = [one.case for one in each]
    return Taken(now=first["taken_at"], stopped=first["stopped"], asker=None, answered=None, cases=cases), each


def _taken(rows: Sequence[Any]) -> Taken | None:
    if not rows:
        return None
    first = rows[0]
    return Taken(
        now=first["taken_at"],
        stopped=first["stopped"],
        asker=None if first["actor"] is None else _ASKER.decode(first["actor"]),
        answered=None if first["answered"] is None else _ANSWERED.decode(first["answered"]),
        cases=[TakenCase(_DOCUMENT.decode(row["document"]), first["epoch"]) for row in rows],
    )
