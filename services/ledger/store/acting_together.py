"""Acts that wait at the same time take effect in one transaction; what cannot goes alone (docs/adr/0015)."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import structlog

from services.chassis.group_commit import GroupCommit
from services.chassis.outages import is_transient
from services.chassis.postgres import Pool
from services.ledger.domain.life.merging import others_of
from services.ledger.store.acting import CONFLICTS, ActAnswer, Acted, Acting, ActInHand, Asking, act_on
from services.ledger.store.cities import Cities
from services.ledger.store.taking import take_each
from services.ledger.store.writing import ActRow, write_each

ACTS_MAX: Final = 64
ALONE_MAX: Final = 4
"""Acts that go alone at the same time: each may wait for its case with a connection in hand; half of a usual pool."""

_log = structlog.get_logger("whistle.ledger.acting")


class ActingTogether:
    """Performs acts as `Acting` does, raising the same.

    Two batches are under way; whoever comes meanwhile goes with the next. In a batch nobody waits for a case that is
    held elsewhere, and each act is judged for itself. Alone goes what the batch left out, what needs several cases,
    and each act of a batch that was refused as a whole. A batch has `seconds_max`, as each act has.
    """

    def __init__(self, pool: Pool, cities: Cities, seconds_max: float = 10.0) -> None:
        self._pool, self._cities, self._seconds_max = pool, cities, seconds_max
        self._alone = Acting(pool, cities)
        self._alone_turns = asyncio.Semaphore(ALONE_MAX)
        self._group: GroupCommit[Asking, ActAnswer | None] = GroupCommit(
            self._answer, rows_max=ACTS_MAX, wait_seconds=0.0
        )

    async def perform(self, asking: Asking) -> ActAnswer:
        """Let the act take effect and return where the case stands. A refused act still commits what was settled.

        Raises:
            TooManyWaitingError: nothing was begun.
        """
        answer = None
        if not others_of(asking.act):
            # Others go with it, so whoever goes away must not cancel it.
            answer = await asyncio.shield(self._group.submit(asking))
        if answer is not None:
            return answer
        async with self._alone_turns:
            return await self._alone.perform(asking)

    async def _answer(self, asked: Sequence[Asking]) -> list[ActAnswer | Exception | None]:
        """Return what became of each act, None for one that has to go alone."""
        answers: list[ActAnswer | Exception | None] = [None] * len(asked)
        places = list(_apart(asked))
        try:
            async with asyncio.timeout(self._seconds_max):
                acted = await self._together([asked[place] for place in places])
        except Exception as error:
            if is_transient(error) and not isinstance(error, CONFLICTS):
                raise
            _log.warning("acts go alone", acts=len(places), error=type(error).__name__)
            return answers
        for place, one in acted.items():
            answers[places[place]] = one.answer if one.refusal is None else one.refusal
        return answers

    async def _together(self, asked: Sequence[Asking]) -> dict[int, Acted]:
        async with self._pool.acquire() as connection, connection.transaction():
            return await self._take_and_write(connection, asked)

    async def _take_and_write(self, connection: Any, asked: Sequence[Asking]) -> dict[int, Acted]:
        tokens = [asking.token_hash for asking in asked]
        found = await take_each(connection, [one.case_id for one in asked], tokens, [one.key for one in asked])
        if found is None or found[0].stopped is not None:
            return {}
        taken, each = found
        in_hand = [ActInHand(asking=asked[one.place], asker=one.asker, case=one.case, beside={}) for one in each]
        acted = await act_on(connection, taken, self._cities, in_hand)
        rows: list[ActRow] = []
        for one, done in zip(each, acted, strict=True):
            one.case.case.asker = one.place + 1
            if done.row is not None:
                rows.append(msgspec.structs.replace(done.row, asker=one.place + 1))
        await write_each(connection, taken.cases, tokens, rows)
        return {one.place: done for one, done in zip(each, acted, strict=True)}


def _apart(asked: Sequence[Asking]) -> Iterator[int]:
    """Yield the places of acts on different cases under different keys."""
    seen: set[object] = set()
    for place, asking in enumerate(asked):
        about = {asking.case_id, (asking.token_hash, asking.key)}
        if seen.isdisjoint(about):
            seen |= about
            yield place
