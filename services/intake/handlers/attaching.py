"""Take a picture: encoded anew, kept under the digest of its new bytes, waiting an hour for a report to claim it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import msgspec

from services.chassis.pictures import Picture
from services.intake.ports import Pictures

AT_ONCE_MAX: Final = 2
"""Pictures unpacked at the same time: each may take 100 MB for a moment."""
WAITING_MAX: Final = 16


class TooManyPicturesError(RuntimeError):
    """More pictures wait than can be unpacked soon."""


class PictureReceipt(msgspec.Struct, frozen=True):
    """The id to name in a report or a follow-up, within the hour."""

    attachment_id: UUID
    media_type: str
    width: int
    height: int


@dataclass(slots=True, kw_only=True)
class AttachPictures:
    """Keep pictures that reports will claim."""

    pictures: Pictures
    encode: Callable[[bytes], Picture]
    new_id: Callable[[], UUID]
    """Ids nobody can guess: who names one may claim it."""
    _turns: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))
    _waiting: int = field(init=False, default=0)

    async def one(self, content: bytes) -> PictureReceipt:
        """Return the receipt of a picture that is kept.

        Raises:
            NotAPictureError, TooManyPicturesError: nothing is kept.
        """
        if self._waiting >= WAITING_MAX:
            raise TooManyPicturesError
        self._waiting += 1
        try:
            async with self._turns:
                picture = await asyncio.to_thread(self.encode, content)
        finally:
            self._waiting -= 1
        attachment_id = self.new_id()
        await self.pictures.keep(picture, attachment_id)
        return PictureReceipt(attachment_id, picture.media_type, picture.width, picture.height)
