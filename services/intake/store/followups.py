"""Follow-ups, phone tails and the case's progress: what a reporter does after reporting."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from services.chassis.clock import NOW
from services.chassis.postgres import Pool
from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.contracts.events.report import FollowUpKind
from services.intake.domain.separate import Reported
from services.intake.ports import Added, Claim, NewFollowUp, Progress
from services.intake.store.deadlines import within

MISSES_MAX: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)

ADD_ONCE: Final = """
    with claimed as (
        insert into intake.idempotency (client_key, fingerprint, made_id)
        select $1::uuid, $2::bytea, $3::uuid where $1::uuid is not null
        on conflict do nothing
        returning made_id
    ), added as (
        insert into intake.followups (followup_id, report_id, kind, at, body, about)
        select $3::uuid, $4::uuid, $5::text, $6::timestamptz, $7::bytea, $12::timestamptz
        where $1::uuid is null or exists (select from claimed)
        on conflict do nothing
        returning followup_id
    ), announced as (
        insert into intake.pending (topic, id) select 'report.followed_up.v1', followup_id from added
    ), texts as (
        insert into vault.raw_texts (text_id, report_id, key_id, wrapped_key, sealed)
        select followup_id, $4::uuid, $8::text, $9::bytea, $10::bytea from added where $9::bytea is not null
    ), pictures as (
        update intake.attachments a set report_id = $4::uuid
        where exists (select from added) and a.attachment_id = any($11::uuid[]) and a.report_id is null
    )
    select followup_id from added
"""
EARLIER: Final = """
    select i.fingerprint, f.followup_id
    from intake.idempotency i left join intake.followups f on f.followup_id = i.made_id
    where i.client_key = $1
"""

SAID_BEFORE: Final = """
    select body from intake.reports where report_id = $1
    union all
    (select body from intake.followups where report_id = $1 and kind = 'facts' order by at, followup_id limit 100)
"""
REPORTED: Final = "select body, barred_units from intake.reports where report_id = $1"
ADDED_TO: Final = "select kind, at from intake.followups where report_id = $1 order by at, followup_id limit 100"

TAIL_OF: Final = """
    select c.tail_mac from vault.contacts c
    where c.report_id = $1 and not exists (
        select from intake.tail_misses m
        where m.report_id = $1 and m.misses >= $2 and m.last_at > clock_timestamp() - $3::interval
    )
"""
# A miss after the lock has passed begins a new count.
MISSED: Final = """
    insert into intake.tail_misses as m (report_id, misses, last_at) values ($1, 1, clock_timestamp())
    on conflict (report_id) do update
    set misses = case when m.last_at > clock_timestamp() - $2::interval then m.misses + 1 else 1 end,
        last_at = excluded.last_at
"""
PROGRESS: Final = """
    select state, dispatched_at, signed_in_at, handled_at, closed_at, promise_due_at, lead, measure, done_by
    from ledger.public_progress($1)
"""


class _Text(msgspec.Struct, frozen=True):
    text: str | None = None


class _Said(msgspec.Struct, frozen=True):
    """The words of a report's event, or of a follow-up's."""

    text: str | None = None
    report: _Text | None = None


class PostgresFollowUps:
    """Keeps what reporters add."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool = pool
        self._seconds_max = seconds_max

    async def now(self) -> datetime:
        instant: datetime = await within(self._seconds_max, self._pool.fetchval(NOW))
        return instant

    async def add_once(self, followup: NewFollowUp) -> Added:
        claim, raw = followup.claim, followup.raw
        adding = self._pool.fetchval(
            ADD_ONCE,
            claim and claim.client_key,
            claim and claim.fingerprint,
            followup.followup_id,
            followup.report_id,
            followup.kind,
            followup.at,
            followup.body,
            followup.key_id,
            raw and raw.wrapped_key,
            raw and raw.content,
            followup.attachments,
            followup.about,
        )
        added = await within(self._seconds_max, adding)
        if added is not None or claim is None:
            return Added(added)
        earlier = await within(self._seconds_max, self._pool.fetchrow(EARLIER, claim.client_key))
        return Added(None) if earlier is None else Added(earlier["followup_id"], earlier["fingerprint"])

    async def was_added(self, claim: Claim) -> bool:
        return await within(self._seconds_max, self._pool.fetchrow(EARLIER, claim.client_key)) is not None

    async def reported(self, report_id: UUID) -> Reported:
        row = await within(self._seconds_max, self._pool.fetchrow(REPORTED, report_id))
        if row is None:
            raise LookupError("a report that was found is not there any more")
        return Reported(decode(row["body"], ReportReceived).report, tuple(row["barred_units"]))

    async def said_before(self, report_id: UUID) -> list[str]:
        rows = await within(self._seconds_max, self._pool.fetch(SAID_BEFORE, report_id))
        said = [msgspec.json.decode(row["body"], type=_Said) for row in rows]
        texts = (each.text or (each.report.text if each.report else None) for each in said)
        return [text for text in texts if text]

    async def added_to(self, report_id: UUID) -> list[tuple[FollowUpKind, datetime]]:
        rows = await within(self._seconds_max, self._pool.fetch(ADDED_TO, report_id))
        return [(row["kind"], row["at"]) for row in rows]


class PostgresTails:
    """Compares phone tails, and locks a number whose tail is being guessed."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool = pool
        self._seconds_max = seconds_max

    async def tail_of(self, report_id: UUID) -> bytes | None:
        asking = self._pool.fetchval(TAIL_OF, report_id, MISSES_MAX, LOCKED_FOR)
        mac: bytes | None = await within(self._seconds_max, asking)
        return mac

    async def missed(self, report_id: UUID) -> None:
        await within(self._seconds_max, self._pool.execute(MISSED, report_id, LOCKED_FOR))


class PostgresCases:
    """Asks the ledger's public function; intake sees nothing else of a case."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool = pool
        self._seconds_max = seconds_max

    async def progress_of(self, case_id: UUID) -> Progress | None:
        row = await within(self._seconds_max, self._pool.fetchrow(PROGRESS, case_id))
        return None if row is None or row["state"] is None else Progress(**dict(row))
