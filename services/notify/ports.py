"""What the handlers and the courier need: a book of messages, and the subscriptions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import msgspec

from services.notify.domain.answering import Answer
from services.notify.domain.matching import Subscriptions
from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import Reached


class FactKey(msgspec.Struct, frozen=True, gc=False):
    """Names a fact: case and version; for a notice its id and 0."""

    case_id: UUID
    version: int


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell one subscription."""

    fact: FactKey
    subscription_id: UUID
    message_id: UUID
    destination: str
    body: bytes


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A message on lease, to be delivered now."""

    fact: FactKey
    recipient: str
    message_id: UUID
    destination: str
    body: bytes
    attempts: int
    """This one included; one that a provider postponed does not count."""
    taken_at: datetime
    postponed: int = 0
    """How often a provider asked to wait."""


class Recorded(msgspec.Struct, frozen=True):
    """Rows that were new."""

    facts: int
    messages: int


class Outbox(Protocol):
    """Messages that are due, whoever they are for."""

    async def take(self, room: Mapping[str, int], lease: timedelta) -> Sequence[Taken]:
        """Lease messages that are due, oldest first, at most `room` of each destination.

        A lease that ends without an outcome makes the message due again.
        """
        ...

    async def sent(self, message: Taken) -> None:
        """Note that the receiver took it."""
        ...

    async def failed(self, message: Taken, error: str, pause: timedelta | None) -> None:
        """Note a failure: due again after `pause`, or dead where there is none."""
        ...

    async def postponed(self, message: Taken, reason: str, pause: timedelta) -> None:
        """Note that the provider asked to wait: due again after `pause`, and the attempt does not count."""
        ...


class Book(Outbox, Protocol):
    """Every fact taken, and every message with its state."""

    async def record_once(self, nobody: Sequence[FactKey], messages: Sequence[Message]) -> Recorded:
        """Write facts that tell nobody, and messages due at once; known ones are skipped. All or nothing."""
        ...


class KnownSubscriptions(Protocol):
    """The active subscriptions, at most a second old."""

    async def current(self) -> Subscriptions: ...

    async def target(self, recipient: str) -> Reached | Refusal | None:
        """Return where a recipient's messages go, why none goes there, or None once it is disabled."""
        ...


class WaysOut(Protocol):
    """The ways out of the building."""

    async def deliver(self, target: Reached, message: Taken) -> Refusal | None:
        """Return None when the message was taken."""
        ...


class Answers(Protocol):
    """What reporters are told."""

    async def record_once(self, answers: Sequence[Answer]) -> int:
        """Write answers that are due at once; what was told before is skipped. Returns how many are new."""
        ...
