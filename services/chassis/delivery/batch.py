"""What a handler is given: a batch of decoded events, each with the message it came in."""

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

E = TypeVar("E")


class Message(Protocol):
    """A record as both clients give it (aiokafka's ConsumerRecord, Faust's ConsumerMessage)."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Any: ...


class CannotHandleError(ValueError):
    """One event can never be handled; the text says why. It becomes a dead letter, the rest of its batch does not."""


class Delivered(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """One event and the message it came in."""

    event: E
    message: Any

    @property
    def topic(self) -> str:
        return str(self.message.topic)

    @property
    def partition(self) -> int:
        return int(self.message.partition)

    @property
    def offset(self) -> int:
        return int(self.message.offset)

    @property
    def key(self) -> bytes | None:
        key: bytes | None = self.message.key
        return key

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        return headers_of(self.message)


class Batch(Generic[E]):
    """Events of one type in the order they were read; the unit of work. Iterating gives the events."""

    __slots__ = ("delivered", "events")

    def __init__(self, delivered: Sequence[Delivered[E]]) -> None:
        self.delivered = delivered
        self.events: Sequence[E] = [one.event for one in delivered]

    def __len__(self) -> int:
        return len(self.delivered)

    def halves(self) -> tuple["Batch[E]", "Batch[E]"]:
        """Return both halves, to look for a culprit."""
        middle = len(self.delivered) // 2
        return Batch(self.delivered[:middle]), Batch(self.delivered[middle:])


class BatchHandler(Protocol[E]):
    """Makes a batch take effect, all or nothing, and once however often it comes."""

    async def __call__(self, batch: Batch[E]) -> None: ...


def headers_of(message: Message) -> tuple[tuple[str, bytes], ...]:
    """Return the record's headers as pairs, whichever client read it."""
    headers = message.headers
    pairs = headers.items() if hasattr(headers, "items") else headers or ()
    return tuple((str(name), bytes(value) if value is not None else b"") for name, value in pairs)


def natural_key_of(message: Message) -> str:
    """Return the event's id where the headers name it, else its place: what crashes are counted by."""
    for name, value in headers_of(message):
        if name == "ce_id" and 0 < len(value) <= 64:
            return value.decode("ascii", "replace").replace("\0", "?")
    return f"{message.topic}/{message.partition}/{message.offset}"
