"""Opening first decisions: a whole batch in one call; and what reaches cases that exist: next attempts, follow-ups."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.chassis.postgres import Pool
from services.contracts.codec import decode, encode
from services.contracts.events import CaseDispatched, CaseProgressed, ReportFollowedUp
from services.ledger.domain.clocks import ClockMaker
from services.ledger.domain.life.finishing import take_follow_up
from services.ledger.domain.life.opening import open_case, open_next
from services.ledger.domain.state import CaseDocument
from services.ledger.domain.taken import TakenCase
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import Taken, take, write

GATE: Final = "select opened_at, version, epoch from ledger.gate()"
OPEN: Final = f"select opened, followed_up from ledger.open({', '.join(f'${n}' for n in range(1, 35))})"
KEEP_FOLLOWUPS: Final = "select ledger.keep_followups($1, $2, $3)"
FOLLOWUPS_WAITING: Final = "select followup_id, case_id, body from ledger.followups_waiting($1)"

_JSON: Final = msgspec.json.Encoder()


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
        firsts = {decision.report.case_id: decision for decision in reversed(decisions)}.values()
        makers = {
            number: ClockMaker(await self.cities.of(number))
            for number in {decision.reference_version for decision in firsts}
        }
        openings = [
            open_case(decision, self.now, makers[decision.reference_version], self.epoch) for decision in firsts
        ]
        rows = await self.connection.fetch(OPEN, *_arrays(openings, self.now, self.version))
        return [Opened(row["opened"], row["followed_up"]) for row in rows]

    async def open_attempts(self, decisions: Sequence[CaseDispatched]) -> None:
        """Open the further attempts that cases await; decisions nobody awaits are recorded as superseded."""
        by_case: dict[UUID, list[CaseDispatched]] = {}
        for decision in decisions:
            by_case.setdefault(decision.report.case_id, []).append(decision)

        async def open_each(case: TakenCase, now: datetime) -> None:
            city = await self.cities.of(case.case.reference_version)
            for decision in sorted(by_case[case.case.case_id], key=lambda decision: decision.attempt):
                open_next(case, decision, now, city)

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
        """Apply the follow-ups that wait for these cases, in the order of their ids."""

        async def apply_each(case: TakenCase, now: datetime) -> None:
            rows = await self.connection.fetch(FOLLOWUPS_WAITING, [case.case.case_id])
            for row in rows:
                take_follow_up(case, decode(row["body"], ReportFollowedUp), now)

        await self._change(case_ids, apply_each)

    async def _change(self, case_ids: Iterable[UUID], change: Any) -> None:
        taken: Taken | None = await take(self.connection, list(case_ids), None, self.epoch)
        if taken is None:
            return
        await settle_all(taken, self.cities)
        for case in taken.cases:
            await change(case, taken.now)
        await write(self.connection, taken.cases, None)


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


def _arrays(openings: Sequence[tuple[CaseDocument, CaseProgressed]], now: datetime, applied: int) -> list[Any]:
    """Return the arguments of `ledger.open`: one array per column, in its order."""
    documents = [document for document, _ in openings]
    cases = [document.case for document in documents]
    return [
        [row.case_id for row in cases],
        [row.number for row in cases],
        [row.state for row in cases],
        [row.lead for row in cases],
        [_literal(row.cooperating) for row in cases],
        [row.tier for row in cases],
        [row.urgency for row in cases],
        [row.item for row in cases],
        [row.lane for row in cases],
        [_literal(row.barred_units) for row in cases],
        [_literal(row.units) for row in cases],
        [row.subdistrict for row in cases],
        [row.accepted_at for row in cases],
        now,
        [row.reference_version for row in cases],
        applied,
        [encode(document.decision).decode() for document in documents],
        [_JSON.encode(row.reports).decode() for row in cases],
        [event.event_id for _, event in openings],
        [encode(event) for _, event in openings],
        *_parts(documents),
    ]


def _parts(documents: Sequence[CaseDocument]) -> list[Any]:
    assignments = [part for document in documents for part in document.assignments]
    clocks = [clock for document in documents for clock in document.clocks]
    return [
        [part.case_id for part in assignments],
        [part.unit for part in assignments],
        [part.role for part in assignments],
        [part.due_at for part in assignments],
        [clock.case_id for clock in clocks],
        [clock.kind for clock in clocks],
        [clock.unit for clock in clocks],
        [clock.started_at for clock in clocks],
        [clock.allowed for clock in clocks],
        [clock.due_at for clock in clocks],
        [clock.calendar for clock in clocks],
        [clock.ladder for clock in clocks],
        [clock.next_step for clock in clocks],
        [clock.next_at for clock in clocks],
    ]


def _literal(units: Sequence[str]) -> str:
    """Return a PostgreSQL array literal: asyncpg takes no ragged arrays. Unit ids hold no quotes or backslashes."""
    return "{" + ",".join(f'"{unit}"' for unit in units) + "}"
