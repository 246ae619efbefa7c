"""What every event has: an id that a repeat of the same fact has too, and a key that keeps its order."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact in the past tense. Readers ignore fields they do not know; `v1` only ever gains fields."""

    TYPE: ClassVar[str] = ""
    """CloudEvents type; also the topic's name: noun, past participle, major version."""
    SOURCE: ClassVar[str] = ""
    """The room that states it."""

    event_id: UUID
    """The same for every repeat of the same fact."""

    @property
    def key(self) -> UUID:
        """The Kafka key: what must keep its order."""
        raise TypeError(f"{type(self).__name__} names no key")

    @property
    def happened_at(self) -> datetime:
        """When the fact became true, by the database's clock."""
        raise TypeError(f"{type(self).__name__} names no instant")
