"""Reports into PostgreSQL: a batch is one statement, so it is written whole or not at all."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from asyncpg.exceptions import LockNotAvailableError

from services.chassis.columns import column
from services.chassis.postgres import Pool, is_bad_data
from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.intake.domain.refusals import CannotStoreError, StillUndecidedError
from services.intake.ports import Earlier, Known, Moment, NewReport
from services.intake.store.deadlines import within

BEGIN: Final = """
    select clock.now() as now, delivery.epoch() as epoch,
        array(select nextval('intake.serials') from generate_series(1, $1)) as serials, s.said, s.bodies
    from vault.said_before($2) s
"""

# The keys are claimed in order, so that two processes can never wait for each other in a circle. A key that another
# process holds is waited for; one that is taken drops its row from everything that follows.
ACCEPT_ONCE: Final = """
    with given as (
        select * from unnest(
            $3::text::uuid[], $4::text::bigint[], $5::text::text[], $6::text::text[], $7::text::text[], $8::bytea[],
            $9::text::uuid[], $10::bytea[]
        ) as g (report_id, serial, lane, barred_units, key_id, body, client_key, fingerprint)
    ), claimed as (
        insert into intake.idempotency (client_key, fingerprint, made_id)
        select client_key, fingerprint, report_id from given where client_key is not null order by client_key
        on conflict do nothing
        returning made_id
    ), accepted as (
        insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, barred_units, body)
        select report_id, serial, $2, $1, key_id, lane, string_to_array(barred_units, ','), body
        from given where client_key is null or report_id in (select made_id from claimed)
        returning report_id, key_id
    ), announced as (
        insert into intake.pending (topic, id) select 'report.received.v1', report_id from accepted
    ), contacts as (
        insert into vault.contacts (report_id, key_id, wrapped_key, sealed, tail_mac, repeat_mark)
        select report_id, key_id, wrapped_key, sealed, tail_mac, repeat_mark
        from unnest($11::text::uuid[], $12::bytea[], $13::bytea[], $14::bytea[], $20::text::bigint[])
            as c (report_id, wrapped_key, sealed, tail_mac, repeat_mark) join accepted using (report_id)
    ), texts as (
        insert into vault.raw_texts (text_id, report_id, key_id, wrapped_key, sealed)
        select report_id, report_id, key_id, wrapped_key, sealed
        from unnest($15::text::uuid[], $16::bytea[], $17::bytea[]) as t (report_id, wrapped_key, sealed)
            join accepted using (report_id)
    ), pictures as (
        update intake.attachments a set report_id = p.report_id
        from unnest($18::text::uuid[], $19::text::uuid[]) as p (report_id, attachment_id)
            join accepted using (report_id)
        where a.attachment_id = p.attachment_id and a.report_id is null
    )
    select client_key from given where client_key is not null and report_id not in (select made_id from claimed)
"""

MADE_BY: Final = """
    select i.client_key, i.fingerprint, r.report_id, r.serial, r.epoch, r.accepted_at, r.key_id, r.lane, r.body
    from intake.idempotency i join intake.reports r on r.report_id = i.made_id
    where i.client_key = any($1::uuid[])
"""

FIND: Final = """
    select report_id, serial, epoch, accepted_at, key_id, lane from intake.reports where serial = $2 and epoch = $1
"""


class _Repeating(msgspec.Struct, frozen=True):
    repeats: UUID | None = None


class _Made(msgspec.Struct, frozen=True):
    """What is read of a report's event when its key comes again."""

    report: _Repeating = _Repeating()

    @property
    def repeats(self) -> UUID | None:
        return self.report.repeats


_REPEATS: Final = msgspec.json.Decoder(_Made)


class PostgresReports:
    """Keeps reports; every call ends within `seconds_max`, or raises TimeoutError."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool = pool
        self._seconds_max = seconds_max

    async def begin(self, count: int, marks: Sequence[int] = ()) -> Moment:
        row = await within(self._seconds_max, self._pool.fetchrow(BEGIN, count, marks))
        if row is None:
            raise TimeoutError("no answer to a select without a table")
        found = zip(row["said"] or (), row["bodies"] or (), strict=True)
        said = [(mark, decode(body, ReportReceived).report) for mark, body in found]
        return Moment(row["now"], row["epoch"], row["serials"], said)

    async def accept_once(self, reports: Sequence[NewReport], moment: Moment) -> Mapping[UUID, Earlier]:
        try:
            writing = self._pool.fetch(ACCEPT_ONCE, moment.now, moment.epoch, *_columns(reports))
            taken = await within(self._seconds_max, writing)
        except LockNotAvailableError as error:
            raise StillUndecidedError from error
        except Exception as error:
            if is_bad_data(error):
                raise CannotStoreError(type(error).__name__) from error
            raise
        return await self.made_by([_plain(row["client_key"]) for row in taken]) if taken else {}

    async def made_by(self, client_keys: Sequence[UUID]) -> Mapping[UUID, Earlier]:
        rows = await within(self._seconds_max, self._pool.fetch(MADE_BY, client_keys))
        return {
            _plain(row["client_key"]): Earlier(row["fingerprint"], known_in(row), _REPEATS.decode(row["body"]).repeats)
            for row in rows
        }

    async def find(self, epoch: int, serial: int) -> Known | None:
        row = await within(self._seconds_max, self._pool.fetchrow(FIND, epoch, serial))
        return None if row is None else known_in(row)


def known_in(row: Any) -> Known:
    return Known(_plain(row["report_id"]), row["serial"], row["epoch"], row["accepted_at"], row["key_id"], row["lane"])


def _plain(value: UUID) -> UUID:
    # asyncpg's own subclass is slower to hash and to compare than the one it came from.
    return UUID(int=value.int)


def _columns(reports: Sequence[NewReport]) -> tuple[Any, ...]:
    contacts = [(report, report.contact) for report in reports if report.contact is not None]
    texts = [(report, report.raw) for report in reports if report.raw is not None]
    pictures = [(report.report_id, picture) for report in reports for picture in report.attachments]
    return (
        column([report.report_id for report in reports]),
        column([report.serial for report in reports]),
        column([report.lane for report in reports]),
        column([",".join(report.barred_units) for report in reports]),
        column([report.key_id for report in reports]),
        [report.body for report in reports],
        column([report.claim.client_key if report.claim else None for report in reports]),
        [report.claim and report.claim.fingerprint for report in reports],
        column([report.report_id for report, _ in contacts]),
        [contact.wrapped_key for _, contact in contacts],
        [contact.content for _, contact in contacts],
        [report.tail_mac for report, _ in contacts],
        column([report.report_id for report, _ in texts]),
        [text.wrapped_key for _, text in texts],
        [text.content for _, text in texts],
        column([report for report, _ in pictures]),
        column([picture for _, picture in pictures]),
        column([report.repeat_mark for report, _ in contacts]),
    )
