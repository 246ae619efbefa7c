"""A person's act: take, settle, judge, write, in one transaction; a repeat answers the same (design §9)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from services.chassis.postgres import Pool
from services.ledger.domain.acts import Act, Asker, RefusedError
from services.ledger.domain.life.merging import others_of
from services.ledger.domain.life.table import perform
from services.ledger.domain.life.transition import Asked
from services.ledger.domain.taken import TakenCase
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import Answered, Taken, take
from services.ledger.store.writing import ActRow, write

CONFLICTS: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.UniqueViolationError)
CONFLICTS_MAX: Final = 3
"""Deadlocks and lost races are retried this often before the caller is told to try again."""

_ENCODER: Final = msgspec.json.Encoder()


class ActAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the case stands after the act."""

    case_id: UUID
    number: str
    state: str
    version: int
    revision: int
    at: datetime
    replayed: bool = False


class NoSuchCaseError(Exception):
    """No such case, or none the asker may see: the same answer for both."""


class UnknownTokenError(Exception):
    """The token is unknown, expired or revoked."""


class KeyReusedError(Exception):
    """The idempotency key was used for another act."""


class ClockStoppedError(Exception):
    """The clocks disagree; nothing acts until an operator has confirmed the time (design §8)."""


class StaleRevisionError(Exception):
    """Somebody else changed the case's state meanwhile."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the case is at revision {revision}")
        self.revision = revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One act as it came in. `if_match` is the revision the person saw."""

    token_hash: bytes
    case_id: UUID
    act: Act
    if_match: int
    key: str

    @property
    def fingerprint(self) -> str:
        body = _ENCODER.encode((str(self.case_id), self.if_match, self.act))
        return hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True)
class Acting:
    """Performs acts on cases. Raises the errors of this module, and RefusedError."""

    pool: Pool
    cities: Cities

    async def perform(self, asking: Asking) -> ActAnswer:
        """Let the act take effect and return where the case stands. A refused act still commits what was settled."""
        for attempt in range(1, CONFLICTS_MAX + 1):
            try:
                return await self._once(asking)
            except asyncpg.InvalidAuthorizationSpecificationError as error:
                raise UnknownTokenError from error
            except asyncpg.InsufficientPrivilegeError as error:  # the case was taken from this person's units meanwhile
                raise NoSuchCaseError from error
            except CONFLICTS:
                if attempt == CONFLICTS_MAX:
                    raise
        raise AssertionError("the loop returns or raises")

    async def _once(self, asking: Asking) -> ActAnswer:
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                answer, refusal = await self._act(connection, asking)
            if refusal is not None:
                raise refusal
        return answer

    async def _act(self, connection: Any, asking: Asking) -> tuple[ActAnswer, Exception | None]:
        taken = await take(connection, [asking.case_id, *others_of(asking.act)], asking.token_hash, asking.key)
        case = None if taken is None else taken.case(asking.case_id)
        if taken is None or case is None:
            raise NoSuchCaseError
        if taken.stopped is not None:
            raise ClockStoppedError
        if taken.answered is not None:
            return _repeated(taken.answered, asking), None
        beside = {other.case.case_id: other for other in taken.cases if other is not case}
        in_hand = ActInHand(asking=asking, asker=taken.asker, case=case, beside=beside)
        [acted] = await act_on(connection, taken, self.cities, [in_hand])
        await write(connection, taken.cases, asking.token_hash, acted.row)
        return acted.answer, acted.refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ActInHand:
    """An act, who asks it, and the taken cases it needs."""

    asking: Asking
    asker: Asker | None
    case: TakenCase
    beside: Mapping[UUID, TakenCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """Where the case stands now; `row` is kept for a repeat, None for an act that was refused."""

    answer: ActAnswer
    refusal: Exception | None
    row: ActRow | None


async def act_on(connection: Any, taken: Taken, cities: Cities, acts: Sequence[ActInHand]) -> list[Acted]:
    """Settle all taken cases, then let each act take effect or be refused, for itself; nothing is written yet."""
    revisions = [act.case.case.revision for act in acts]
    await settle_all(connection, taken, cities, {act.asking.case_id: act.asking.act for act in acts})
    acted: list[Acted] = []
    for act, revision in zip(acts, revisions, strict=True):
        refusal = await _judge(act, taken.now, cities, revision)
        answer = _answer(act.case, taken.now)
        row = None if refusal is not None else _act_row(act.asking, answer, taken.now)
        acted.append(Acted(answer=answer, refusal=refusal, row=row))
    return acted


async def _judge(act: ActInHand, now: datetime, cities: Cities, revision: int) -> Exception | None:
    if act.asking.if_match != revision:
        return StaleRevisionError(act.case.case.revision)
    if act.asker is None:
        return UnknownTokenError()
    city = await cities.of(act.case.case.reference_version, act.case.case.applied_version)
    try:
        perform(act.case, Asked(act=act.asking.act, asker=act.asker, now=now, city=city, beside=act.beside))
    except RefusedError as refused:
        return refused
    return None


def _answer(case: TakenCase, now: datetime) -> ActAnswer:
    row = case.case
    return ActAnswer(
        case_id=row.case_id,
        number=row.number,
        state=row.state,
        version=row.version,
        revision=row.revision,
        at=now,
    )


def _act_row(asking: Asking, answer: ActAnswer, now: datetime) -> ActRow:
    return ActRow(
        key=asking.key,
        fingerprint=asking.fingerprint,
        at=now,
        answer=msgspec.Raw(_ENCODER.encode(answer)),
    )


def _repeated(earlier: Answered, asking: Asking) -> ActAnswer:
    if earlier.fingerprint != asking.fingerprint:
        raise KeyReusedError
    answer = msgspec.json.decode(earlier.answer, type=ActAnswer)
    return msgspec.structs.replace(answer, replayed=True)
