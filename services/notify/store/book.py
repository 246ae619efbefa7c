"""The book of messages in PostgreSQL: one statement per batch of facts, leases for the courier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from services.chassis.postgres import Pool
from services.notify.ports import FactKey, Message, Recorded, Taken

RECORD: Final = """
    with nobody as (
        insert into notify.messages (case_id, version)
        select * from unnest($1::uuid[], $2::integer[])
        on conflict do nothing returning 1
    ), told as (
        insert into notify.messages (case_id, version, recipient, state, message_id, destination, next_at, body)
        select m.case_id, m.version, m.recipient, 'pending', m.message_id, m.destination, clock_timestamp(), m.body
        from unnest($3::uuid[], $4::integer[], $5::text[], $6::uuid[], $7::text[], $8::bytea[])
            as m (case_id, version, recipient, message_id, destination, body)
        on conflict do nothing returning 1
    )
    select (select count(*) from nobody), (select count(*) from told)
"""
RECORD_NOBODY: Final = """
    insert into notify.messages (case_id, version)
    select * from unnest($1::uuid[], $2::integer[])
    on conflict do nothing
"""
TAKE: Final = """
    with due as (
        select m.case_id, m.version, m.recipient
        from unnest($1::text[], $2::integer[]) as d (destination, room)
        cross join lateral (
            select case_id, version, recipient from notify.messages
            where destination = d.destination and next_at is not null and next_at <= (select clock_timestamp())
            order by next_at limit d.room for update skip locked
        ) m
    )
    update notify.messages m set attempts = m.attempts + 1, next_at = clock_timestamp() + $3::interval
    from due
    where (m.case_id, m.version, m.recipient) = (due.case_id, due.version, due.recipient)
    returning m.case_id, m.version, m.recipient, m.message_id, m.destination, m.body, m.attempts,
        m.postponed, clock_timestamp() as taken_at
"""
SENT: Final = """
    update notify.messages set state = 'sent', next_at = null, sent_at = clock_timestamp(), last_error = null
    where case_id = $1 and version = $2 and recipient = $3 and state in ('pending', 'failed')
"""
FAILED: Final = """
    update notify.messages set
        state = case when $5::interval is null then 'dead' else 'failed' end,
        next_at = clock_timestamp() + $5::interval,
        last_error = $4
    where case_id = $1 and version = $2 and recipient = $3 and state in ('pending', 'failed')
"""
POSTPONED: Final = """
    update notify.messages set
        state = 'failed', attempts = $6, postponed = $7,
        next_at = clock_timestamp() + $5::interval, last_error = $4
    where case_id = $1 and version = $2 and recipient = $3 and state in ('pending', 'failed')
"""
WAITING: Final = """
    select (select count(*) from notify.messages where next_at is not null) as waiting,
        (select count(*) from notify.messages where state = 'dead') as dead
"""
ERROR_CHARACTERS_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class PostgresBook:
    """Schema notify's table `messages`."""

    pool: Pool

    async def record_once(self, nobody: Sequence[FactKey], messages: Sequence[Message]) -> Recorded:
        case_ids, versions = [fact.case_id for fact in nobody], [fact.version for fact in nobody]
        if not messages:
            tag = await self.pool.execute(RECORD_NOBODY, case_ids, versions)
            return Recorded(int(tag.rpartition(" ")[2]), 0)
        row = await self.pool.fetchrow(
            RECORD,
            case_ids,
            versions,
            [message.fact.case_id for message in messages],
            [message.fact.version for message in messages],
            [str(message.subscription_id) for message in messages],
            [message.message_id for message in messages],
            [message.destination for message in messages],
            [message.body for message in messages],
        )
        return Recorded(*row) if row else Recorded(0, 0)

    async def take(self, room: Mapping[str, int], lease: timedelta) -> Sequence[Taken]:
        rows = await self.pool.fetch(TAKE, list(room), list(room.values()), lease)
        return [taken(row, recipient=row["recipient"], destination=row["destination"]) for row in rows]

    async def sent(self, message: Taken) -> None:
        await self.pool.execute(SENT, message.fact.case_id, message.fact.version, message.recipient)

    async def failed(self, message: Taken, error: str, pause: timedelta | None) -> None:
        await self._again(FAILED, message, error, pause)

    async def postponed(self, message: Taken, reason: str, pause: timedelta) -> None:
        # Absolute numbers: noting it twice is noting it once.
        await self._again(POSTPONED, message, reason, pause, message.attempts - 1, message.postponed + 1)

    async def _again(self, statement: str, message: Taken, reason: str, pause: timedelta | None, *counted: int) -> None:
        told = reason.replace("\0", "?")[:ERROR_CHARACTERS_MAX]
        fact = message.fact
        await self.pool.execute(statement, fact.case_id, fact.version, message.recipient, told, pause, *counted)

    async def backlog(self) -> tuple[int, int]:
        """Return how many messages wait, and how many are dead."""
        row = await self.pool.fetchrow(WAITING)
        return (row["waiting"], row["dead"]) if row else (0, 0)


def taken(row: asyncpg.Record, *, recipient: str, destination: str) -> Taken:
    """Return a row that was leased as the courier wants it."""
    return Taken(
        fact=FactKey(row["case_id"], row["version"]),
        recipient=recipient,
        message_id=row["message_id"],
        destination=destination,
        body=row["body"],
        attempts=row["attempts"],
        taken_at=row["taken_at"],
        postponed=row["postponed"],
    )
