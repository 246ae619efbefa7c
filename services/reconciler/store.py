"""The reconciler's SQL: bounds of pending tables, what is missing, what was sent again, how far each hop is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from services.reconciler.domain.gate import Place
from services.reconciler.ports import Hop, Key, Room

LOCK: Final = "select pg_catalog.pg_try_advisory_lock(1919247214)"  # "reco"
UNLOCK: Final = "select pg_catalog.pg_advisory_unlock(1919247214)"

# One snapshot: a transaction older than `horizon` was over, and its pending rows are within `last`.
BEGIN: Final[dict[Room, str]] = {
    "intake": "select pg_snapshot_xmin(pg_current_snapshot())::xid::text, (select max(seq) from intake.pending)",
    "ledger": "select pg_snapshot_xmin(pg_current_snapshot())::xid::text, (select max(seq) from ledger.pending_keys)",
}
FIRST_PENDING: Final = """
    select (select min(seq) from intake.pending) as intake, (select min(seq) from ledger.pending_keys) as ledger
"""
PROGRESS: Final = """
    insert into reconciler.progress (hop, checked_to) values ($1, clock.now() - interval '1 hour')
    on conflict (hop) do update set hop = excluded.hop
    returning checked_to, swept_to, rounds
"""
SAVE_PROGRESS: Final = """
    update reconciler.progress set checked_to = greatest(checked_to, $2), swept_to = $3, rounds = rounds + $4
    where hop = $1
"""
_UNKNOWN: Final = """
    not exists (select from reconciler.missing m where m.hop = $1 and m.id = k.id and m.version = k.version)
"""
RESENT: Final = """
    insert into reconciler.missing (hop, id, version, noted, resends, next_at)
    select $1, k.id, k.version, $4::text::jsonb, 1, clock_timestamp() + k.pause
    from unnest($2::uuid[], $3::integer[], $5::interval[]) as k (id, version, pause)
    on conflict (hop, id, version) do update
    set noted = excluded.noted, resends = reconciler.missing.resends + 1, next_at = excluded.next_at
"""
FORGET: Final = """
    delete from reconciler.missing m using unnest($2::uuid[], $3::integer[]) as k (id, version)
    where m.hop = $1 and m.id = k.id and m.version = k.version
"""


class Progress(NamedTuple):
    """How far a hop has been compared."""

    checked_to: datetime
    swept_to: UUID | None
    rounds: int


class KnownMissing(NamedTuple):
    """A row sent again before; `there` once its effect is."""

    key: Key
    resends: int
    there: bool


class Comparing:
    """The reconciler's statements on one connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def begin(self, room: Room) -> tuple[str, int | None]:
        """Return the horizon of a gate that begins now, and the newest row its room has pending."""
        row = await self._connection.fetchrow(BEGIN[room])
        return row[0], row[1]

    async def first_pending(self) -> dict[str, int | None]:
        """Return the oldest pending row of each room."""
        return dict(await self._connection.fetchrow(FIRST_PENDING))

    async def progress(self, hop: Hop) -> Progress:
        """Return how far the hop is; a new one begins an hour ago, the sweep sees to the rest."""
        return Progress(*await self._connection.fetchrow(PROGRESS, hop.name))

    async def save_progress(self, hop: Hop, checked_to: datetime, swept_to: UUID | None, rounds: int) -> None:
        await self._connection.execute(SAVE_PROGRESS, hop.name, checked_to, swept_to, rounds)

    async def recently_missing(self, hop: Hop, since: datetime, horizon: str, limit: int) -> Sequence[Key]:
        """Return causes since an instant that have no effect, are not pending and were not sent again yet."""
        sql = f"""
            select k.id, k.version from ({hop.causes}) k
            where k.at >= $2 and age(k.written) > age($3::text::xid)
                and not {hop.effect} and not {hop.pending} and {_UNKNOWN}
            limit $4
        """
        return [Key(*row) for row in await self._connection.fetch(sql, hop.name, since, horizon, limit)]

    async def sweep_end(self, hop: Hop, after: UUID, count: int) -> UUID | None:
        """Return the id `count` ids after one; None beyond the last."""
        sql = f"select id from ({hop.ids}) k where id > $1 order by id offset $2 limit 1"
        found: UUID | None = await self._connection.fetchval(sql, after, count - 1)
        return found

    async def missing_between(self, hop: Hop, after: UUID, upto: UUID, horizon: str, limit: int) -> Sequence[Key]:
        """Return causes in a range of ids that have no effect, are not pending and were not sent again yet."""
        sql = f"""
            select k.id, k.version from ({hop.causes}) k
            where k.id > $2 and k.id <= $3 and age(k.written) > age($4::text::xid)
                and not {hop.effect} and not {hop.pending} and {_UNKNOWN}
            limit $5
        """
        return [Key(*row) for row in await self._connection.fetch(sql, hop.name, after, upto, horizon, limit)]

    async def known_missing(self, hop: Hop, limit: int) -> Sequence[KnownMissing]:
        """Return rows whose pause is over and that are not pending, with whether their effect has come."""
        sql = f"""
            select k.id, k.version, k.resends, {hop.effect} as there from reconciler.missing k
            where k.hop = $1 and k.next_at <= (select clock_timestamp()) and not {hop.pending}
            order by k.next_at limit $2
        """
        rows = await self._connection.fetch(sql, hop.name, limit)
        return [KnownMissing(Key(row["id"], row["version"]), row["resends"], row["there"]) for row in rows]

    async def count_missing(self, hop: Hop) -> int:
        return int(await self._connection.fetchval("select count(*) from reconciler.missing where hop = $1", hop.name))

    async def resend(self, hop: Hop, keys: Sequence[Key], pauses: Sequence[timedelta], noted: dict[Place, int]) -> int:
        """Send causes again and remember that: both or neither."""
        ids, versions = [key.id for key in keys], [key.version for key in keys]
        written = msgspec.json.encode(
            {f"{topic}/{partition}": end for (topic, partition), end in noted.items()}
        ).decode()
        async with self._connection.transaction():
            resent = await self._connection.fetchval(hop.resend, ids, versions)
            await self._connection.execute(RESENT, hop.name, ids, versions, written, list(pauses))
        return int(resent)

    async def forget(self, hop: Hop, keys: Sequence[Key]) -> None:
        """Forget rows whose effect has come."""
        await self._connection.execute(FORGET, hop.name, [key.id for key in keys], [key.version for key in keys])
