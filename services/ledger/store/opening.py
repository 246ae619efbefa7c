"""Opening first decisions: a whole batch in one call; and what reaches cases that exist: next attempts, follow-ups."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.chassis.postgres import Pool
from services.contracts.codec import decode, encode
from services.contracts.events import CaseDispatched, ReportFollowedUp
from services.ledger.domain.clocks import ClockMaker
from services.ledger.domain.life.finishing import take_follow_up
from services.ledger.domain.life.opening import Opening, open_case, open_next
from services.ledger.domain.successors import with_heirs
from services.ledger.domain.taken import TakenCase
from services.ledger.store.cities import Cities
from services.ledger.store.major import raise_major
from services.ledger.store.opening_rows import add_clocks, arguments, placeholders
from services.ledger.store.repeating import join_and_write, take_repeated
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import Taken, take
from services.ledger.store.writing import write

GATE: Final = "select opened_at, version, epoch from ledger.gate()"
OPEN: Final = f"select opened, followed_up from ledger.open({placeholders()})"
KEEP_FOLLOWUPS: Final = "select ledger.keep_followups($1, $2, $3)"
SURVIVORS: Final = "select * from ledger.survivors_of($1)"
FOLLOWUPS_WAITING: Final = "select followup_id, case_id, body from ledger.followups_waiting($1)"


@dataclass(frozen=True, slots=True)
class Opened:
    case_id: UUID
    followed_up: bool
    """A follow-up came before the case and waits."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A transaction that holds publications off; `now` and the version in force were read after the lock (design §7)."""

    connection: Any
    cities: Cities
    now: datetime
    version: int
    epoch: int

    async def open_once(self, decisions: Sequence[CaseDispatched]) -> list[Opened]:
        """Open each case that is not yet open, with its assignments and clocks, atomically; known ones are skipped."""
        firsts = await self._for_heirs({one.report.case_id: one for one in reversed(decisions)}.values())
        makers = await self._makers(firsts)
        return await self._open(makers, [self._opening(makers, decision) for decision in firsts])

    async def open_repeats(self, decisions: Sequence[CaseDispatched]) -> list[Opened]:
        """Open cases that their reporters reported before, each merged at once into the one that goes on (X-11).

        Where that has ended, or is an emergency or another's by now, it is a case like any other; so it is for a while
        where the earlier one is not known yet or stands aside.
        """
        repeats, after_lock = await take_repeated(self.connection, self.cities, decisions, self.epoch)
        decided = await self._for_heirs(decisions)
        makers = await self._makers(decided)
        begin = partial(repeats.begin, open_=partial(self._opening, makers))
        openings = [begin(decision) for decision in decided if not repeats.is_known(decision)]
        if not openings:
            return []
        opened = await self._open(makers, openings)
        if len(opened) < len(openings):
            raise asyncpg.SerializationError("another process opened one of these cases meanwhile")
        await join_and_write(self.connection, repeats, after_lock or self.now)
        return opened

    async def _makers(self, decisions: Iterable[CaseDispatched]) -> dict[int, ClockMaker]:
        numbers = {decision.reference_version for decision in decisions}
        return {number: ClockMaker(await self.cities.of(number, self.version)) for number in numbers}

    def _opening(self, makers: Mapping[int, ClockMaker], decision: CaseDispatched) -> Opening:
        return open_case(decision, self.now, makers[decision.reference_version], self.epoch)

    async def _open(self, makers: Mapping[int, ClockMaker], openings: Sequence[Opening]) -> list[Opened]:
        rows = await self.connection.fetch(OPEN, *arguments(openings, self.now, self.version))
        opened = [Opened(row["opened"], row["followed_up"]) for row in rows]
        known = {case.case_id for case in opened}
        await add_clocks(self.connection, [document for document, _ in openings], known)
        policies = {number: maker.city.policies for number, maker in makers.items()}
        await raise_major(self.connection, [document.case for document, _ in openings], known, policies, self.epoch)
        return opened

    async def open_attempts(self, decisions: Sequence[CaseDispatched]) -> None:
        """Open the further attempts that cases await; decisions nobody awaits are recorded as superseded."""
        by_case: dict[UUID, list[CaseDispatched]] = {}
        for decision in decisions:
            by_case.setdefault(decision.report.case_id, []).append(decision)

        async def open_each(case: TakenCase, taken: Taken) -> None:
            city = await self.cities.of(case.case.reference_version, case.case.applied_version)
            awaited = await self._for_heirs(by_case[case.case.case_id])
            for decision in sorted(awaited, key=lambda decision: decision.attempt):
                open_next(case, decision, taken.now, city)

        await self._change(by_case, open_each)

    async def keep_followups(self, events: Sequence[ReportFollowedUp]) -> None:
        """Keep what residents added, once, and let it reach the cases that are open already."""
        await self.connection.execute(
            KEEP_FOLLOWUPS,
            [event.event_id for event in events],
            [event.case_id for event in events],
            [encode(event) for event in events],
        )
        await self.apply_followups({event.case_id for event in events})

    async def apply_followups(self, case_ids: Iterable[UUID]) -> None:
        """Apply the follow-ups that wait for these cases, in the order of their ids.

        What is added to a merged report is about the case that goes on for it.
        """
        added_to = list(case_ids)
        survivors = [row[0] for row in await self.connection.fetch(SURVIVORS, added_to)]

        async def apply_each(case: TakenCase, taken: Taken) -> None:
            rows = await self.connection.fetch(FOLLOWUPS_WAITING, [case.case.case_id])
            if not rows:
                return
            goes_on = taken.case(case.case.duplicate_of or case.case.case_id) or case
            city = await self.cities.of(goes_on.case.reference_version, goes_on.case.applied_version)
            for row in rows:
                take_follow_up(goes_on, decode(row["body"], ReportFollowedUp), taken.now, city)

        await self._change([*added_to, *survivors], apply_each)

    async def _for_heirs(self, decisions: Iterable[CaseDispatched]) -> list[CaseDispatched]:
        """Give what another version than the one in force decided to units that exist: such a case begins as moved."""
        found: list[CaseDispatched] = []
        for decision in decisions:
            decided_by = decision.reference_version
            if decided_by != self.version:
                old, new = await self.cities.of(decided_by), await self.cities.of(decided_by, self.version)
                found.append(with_heirs(decision, old, new))
            else:
                found.append(decision)
        return found

    async def _change(self, case_ids: Iterable[UUID], change: Callable[[TakenCase, Taken], Awaitable[None]]) -> None:
        taken = await take(self.connection, case_ids)
        if taken is None:
            return
        await settle_all(self.connection, taken, self.cities)
        for case in taken.cases:
            await change(case, taken)
        await write(self.connection, taken.cases)


@dataclass(frozen=True, slots=True)
class Openings:
    """Gives gates: one transaction each."""

    pool: Pool
    cities: Cities

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[Gate]:
        async with self.pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(GATE)
            if row is None or row["version"] is None:
                raise NoVersionInForceError("no reference version is in force; load one before the first case")
            yield Gate(connection, self.cities, row["opened_at"], row["version"], row["epoch"])


class NoVersionInForceError(RuntimeError):
    """The district has no reference version in force."""
