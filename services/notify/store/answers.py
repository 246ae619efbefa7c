"""What reporters are told, in PostgreSQL: the book of answers, and the contact opened at the moment of sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from services.chassis.postgres import Pool
from services.chassis.sealing import Keys
from services.notify.domain.answering import Answer
from services.notify.domain.matching import Subscriptions
from services.notify.domain.outcomes import Refusal
from services.notify.domain.reaching import BY_PERSON, UNWANTED, Contact, Ways, way_to
from services.notify.domain.subscription import Subscription
from services.notify.domain.targets import Reached
from services.notify.ports import Taken
from services.notify.store.book import ERROR_CHARACTERS_MAX, taken

RESIDENTS: Final = "residents"
"""Everybody who reported is one destination: gateways count numbers themselves."""
CONTACT: Final = b"contact"
PURPOSE: Final = "answer to the reporter"
RECORD: Final = """
    with told as (
        insert into notify.answers (report_id, kind, cycle, case_id, version, message_id, next_at, body)
        select a.report_id, a.kind, a.cycle, a.case_id, a.version, a.message_id, clock_timestamp(), a.body
        from unnest($1::uuid[], $2::text[], $3::smallint[], $4::uuid[], $5::integer[], $6::uuid[], $7::bytea[])
            as a (report_id, kind, cycle, case_id, version, message_id, body)
        on conflict do nothing returning 1
    )
    select count(*) from told
"""
TAKE: Final = """
    with due as (
        select report_id, kind, cycle from notify.answers
        where next_at is not null and next_at <= (select clock_timestamp())
        order by next_at limit $1 for update skip locked
    )
    update notify.answers a set attempts = a.attempts + 1, next_at = clock_timestamp() + $2::interval
    from due where (a.report_id, a.kind, a.cycle) = (due.report_id, due.kind, due.cycle)
    returning a.report_id, a.kind, a.cycle, a.case_id, a.version, a.message_id, a.body, a.attempts, a.postponed,
        clock_timestamp() as taken_at
"""
SENT: Final = """
    update notify.answers set state = 'sent', next_at = null, sent_at = clock_timestamp(), last_error = null
    where message_id = $2 and report_id = $1 and state in ('pending', 'failed')
"""
FAILED: Final = """
    update notify.answers set
        state = $4, next_at = clock_timestamp() + $5::interval, last_error = $3,
        call_since = case when $4 = 'by_person' then (convert_from(body, 'UTF8')::json ->> 'timestamp')::timestamptz end
    where message_id = $2 and report_id = $1 and state in ('pending', 'failed')
"""
POSTPONED: Final = """
    update notify.answers set
        state = 'failed', attempts = $5, postponed = $6, next_at = clock_timestamp() + $4::interval, last_error = $3
    where message_id = $2 and report_id = $1 and state in ('pending', 'failed')
"""
WAITING: Final = """
    select (select count(*) from notify.answers where next_at is not null) as waiting,
        (select count(*) from notify.answers where state = 'dead') as dead
"""
CALLS: Final = """
    select count(*) as waiting, coalesce(extract(epoch from clock.now() - min(call_since)), 0)::float8 as seconds
    from notify.answers where state = 'by_person' and called_at is null
"""
CONTACT_OF: Final = "select key_id, wrapped_key, sealed from vault.contact_of($1, $2)"
ENDS: Final[Mapping[str, str]] = {UNWANTED.reason: "unwanted", BY_PERSON.reason: "by_person"}


@dataclass(frozen=True, slots=True)
class PostgresAnswers:
    """Schema notify's table `answers`; as a book it gives the courier what is due."""

    pool: Pool

    async def record_once(self, answers: Sequence[Answer]) -> int:
        """Write answers that are due at once; what was told before is skipped. Returns how many are new."""
        told: int = await self.pool.fetchval(
            RECORD,
            [one.report_id for one in answers],
            [one.kind for one in answers],
            [one.cycle for one in answers],
            [one.case_id for one in answers],
            [one.version for one in answers],
            [one.message_id for one in answers],
            [one.body for one in answers],
        )
        return told

    async def take(self, room: Mapping[str, int], lease: timedelta) -> Sequence[Taken]:
        rows = await self.pool.fetch(TAKE, room.get(RESIDENTS, 0), lease)
        return [taken(row, recipient=str(row["report_id"]), destination=RESIDENTS) for row in rows]

    async def sent(self, message: Taken) -> None:
        await self.pool.execute(SENT, UUID(message.recipient), message.message_id)

    async def failed(self, message: Taken, error: str, pause: timedelta | None) -> None:
        state = "failed" if pause is not None else ENDS.get(error, "dead")
        report_id = UUID(message.recipient)
        await self.pool.execute(FAILED, report_id, message.message_id, error[:ERROR_CHARACTERS_MAX], state, pause)

    async def postponed(self, message: Taken, reason: str, pause: timedelta) -> None:
        told = reason[:ERROR_CHARACTERS_MAX]
        counted = (message.attempts - 1, message.postponed + 1)
        await self.pool.execute(POSTPONED, UUID(message.recipient), message.message_id, told, pause, *counted)

    async def backlog(self) -> tuple[int, int]:
        """Return how many answers wait, and how many are dead."""
        row = await self.pool.fetchrow(WAITING)
        return (row["waiting"], row["dead"]) if row else (0, 0)

    async def calls(self) -> tuple[int, float]:
        """Return how many answers wait for a person's call, and how long the oldest has, in seconds."""
        row = await self.pool.fetchrow(CALLS)
        return (row["waiting"], row["seconds"]) if row else (0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporters:
    """Where reporters are reached: looked up in the vault for each message, kept nowhere."""

    pool: Pool
    keys: Keys
    ways: Ways

    async def current(self) -> Subscriptions:
        """Return one destination for all."""
        return Subscriptions([EVERYBODY])

    async def target(self, recipient: str) -> Reached | Refusal | None:
        report_id = UUID(recipient)
        row = await self.pool.fetchrow(CONTACT_OF, report_id, PURPOSE)
        if row is None:  # deleted since: nobody is to be told any more
            return UNWANTED
        envelope = self.keys.open_for(report_id.bytes, row["key_id"], row["wrapped_key"])
        contact = msgspec.json.decode(envelope.open(CONTACT, row["sealed"]), type=Contact)
        return way_to(contact, self.ways)


EVERYBODY: Final = Subscription(
    subscription_id=UUID(int=0), unit="", role="", events=frozenset(), destination=RESIDENTS, channel="sms"
)
