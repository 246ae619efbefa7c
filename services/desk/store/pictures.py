"""Pictures of the work: bytes in the object store under their digest, rows in the ledger's schema."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID, uuid4

from services.chassis.objects import path_of
from services.chassis.pictures import Picture, encoded_anew

if TYPE_CHECKING:
    from services.identity.actors import Connection

AT_ONCE_MAX: Final = 2
"""Pictures unpacked at the same time: each may take 100 MB for a moment."""
ATTACH: Final = "select ledger.attach($1, $2, $3, $4, $5, $6, $7, $8)"
OF_CASE: Final = """
    select a.attachment_id, a.unit, a.about, a.at, a.width, a.height
    from ledger.attachments a where a.case_id = $1 order by a.at, a.attachment_id
"""
DIGEST: Final = """
    select a.sha256 from ledger.attachments a where a.case_id = $1 and a.attachment_id = $2
    union all
    select p.sha256 from ledger.cases c
    cross join lateral jsonb_array_elements(c.reports::jsonb) r (report)
    cross join lateral intake.pictures_of((r.report ->> 'report_id')::uuid) p
    where c.case_id = $1 and p.attachment_id = $2
    limit 1
"""


class Got(Protocol):
    """What a store gives."""

    async def bytes_async(self) -> object: ...


class Objects(Protocol):
    """A folder or a bucket, as `obstore` gives it."""

    async def put_async(self, path: str, file: bytes) -> object: ...

    async def get_async(self, path: str) -> Got: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A picture whose bytes are in the store, and no row yet."""

    attachment_id: UUID
    digest: bytes
    picture: Picture


@dataclass(slots=True)
class WorkPictures:
    """Keeps and gives pictures."""

    objects: Objects
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))

    async def keep(self, contents: Sequence[bytes]) -> list[Kept]:
        """Encode anew and store.

        Raises:
            NotAPictureError: one of them is none; those before it lie in the store, named by nobody.
        """
        return [await self._kept(content) for content in contents]

    async def _kept(self, content: bytes) -> Kept:
        async with self._turns:
            picture = await asyncio.to_thread(encoded_anew, content)
        digest = hashlib.sha256(picture.content).digest()
        await self.objects.put_async(path_of(digest), picture.content)
        return Kept(uuid4(), digest, picture)

    async def content(self, connection: "Connection", case_id: UUID, attachment_id: UUID) -> bytes | None:
        """Return a picture of a case the asker may see, of a report or of the work; None for any other."""
        digest = await connection.fetchval(DIGEST, case_id, attachment_id)
        if digest is None:
            return None
        got = await self.objects.get_async(path_of(digest))
        return bytes(await got.bytes_async())  # type: ignore[call-overload, no-any-return]  # obstore's Bytes are a buffer


async def attach(connection: "Connection", kept: Sequence[Kept], case_id: UUID, unit: str, about: str) -> bool:
    """Write down whose pictures they are; false when the case is not theirs."""
    for one in kept:
        size, picture = len(one.picture.content), one.picture
        row = (one.attachment_id, case_id, unit, about, one.digest, size, picture.width, picture.height)
        if not await connection.fetchval(ATTACH, *row):
            return False
    return True
