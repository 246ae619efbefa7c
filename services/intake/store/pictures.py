"""Pictures: bytes in the object store under their digest, a row in PostgreSQL that says whose they are."""

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.chassis.objects import Objects, path_of
from services.chassis.pictures import Picture
from services.chassis.postgres import Pool

LAPSE: Final = "interval '1 hour'"
LAPSED_MAX: Final = 500

# Who adds bytes and who takes them away wait for each other, per digest: else bytes could go that a new row names.
GUARD: Final = "select pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 1))"
KEEP: Final = """
    insert into intake.attachments (attachment_id, sha256, media_type, bytes, width, height)
    values ($1, $2, $3, $4, $5, $6)
"""
CLAIMABLE: Final = f"""
    select attachment_id from intake.attachments
    where attachment_id = any($1::uuid[])
        and (report_id = $2 or report_id is null and uploaded_at > clock_timestamp() - {LAPSE})
"""
LAPSED: Final = f"""
    select attachment_id, sha256 from intake.attachments
    where report_id is null and uploaded_at < (select clock_timestamp() - {LAPSE})
    order by uploaded_at limit {LAPSED_MAX}
"""
FORGET: Final = "delete from intake.attachments where attachment_id = $1 and report_id is null"
STILL_NAMED: Final = "select exists (select from intake.attachments where sha256 = $1)"


class KeptPictures:
    """Keeps pictures in both places."""

    def __init__(self, pool: Pool, objects: Objects) -> None:
        self._pool = pool
        self._objects = objects

    async def keep(self, picture: Picture, attachment_id: UUID) -> None:
        digest = hashlib.sha256(picture.content).digest()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(GUARD, digest)
            await self._objects.put_async(path_of(digest), picture.content)
            size = len(picture.content)
            await connection.execute(
                KEEP, attachment_id, digest, picture.media_type, size, picture.width, picture.height
            )

    async def claimable(self, attachment_ids: Sequence[UUID], report_id: UUID | None = None) -> frozenset[UUID]:
        rows = await self._pool.fetch(CLAIMABLE, attachment_ids, report_id)
        return frozenset(row["attachment_id"] for row in rows)

    async def forget_lapsed(self) -> int:
        lapsed = await self._pool.fetch(LAPSED)
        for row in lapsed:
            await self._forget(row["attachment_id"], row["sha256"])
        return len(lapsed)

    async def _forget(self, attachment_id: UUID, digest: bytes) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(GUARD, digest)
            await connection.execute(FORGET, attachment_id)
            if not await connection.fetchval(STILL_NAMED, digest):
                await self._objects.delete_async(path_of(digest))
