"""The book of messages in memory: what the handlers and the courier are tested with; proven by the contract tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.ports import FactKey, Message, Recorded, Taken
from tests.builders import MONDAY_NOON


@dataclass(slots=True)
class Entry:
    """One row."""

    message: Message
    state: str = "pending"
    attempts: int = 0
    postponed: int = 0
    next_at: datetime | None = None
    last_error: str | None = None


@dataclass(slots=True)
class InMemoryBook:
    """Keeps the promises of `Book`; its clock is moved by hand."""

    now: datetime = MONDAY_NOON
    nobody: set[FactKey] = field(default_factory=set)
    entries: dict[tuple[FactKey, UUID], Entry] = field(default_factory=dict)

    async def record_once(self, nobody: Sequence[FactKey], messages: Sequence[Message]) -> Recorded:
        fresh = set(nobody) - self.nobody
        self.nobody |= fresh
        new = {
            (one.fact, one.subscription_id): one
            for one in messages
            if (one.fact, one.subscription_id) not in self.entries
        }
        self.entries |= {key: Entry(message, next_at=self.now) for key, message in new.items()}
        return Recorded(len(fresh), len(new))

    async def take(self, room: Mapping[str, int], lease: timedelta) -> Sequence[Taken]:
        taken = []
        due = sorted(
            (entry for entry in self.entries.values() if entry.next_at is not None and entry.next_at <= self.now),
            key=lambda entry: str(entry.next_at),
        )
        left = dict(room)
        for entry in due:
            destination = entry.message.destination
            if left.get(destination, 0) > 0:
                left[destination] -= 1
                entry.attempts += 1
                entry.next_at = self.now + lease
                taken.append(self._taken(entry))
        return taken

    async def sent(self, message: Taken) -> None:
        entry = self._open(message)
        if entry is not None:
            entry.state, entry.next_at, entry.last_error = "sent", None, None

    async def failed(self, message: Taken, error: str, pause: timedelta | None) -> None:
        entry = self._open(message)
        if entry is not None:
            entry.state = "dead" if pause is None else "failed"
            entry.next_at = None if pause is None else self.now + pause
            entry.last_error = error

    async def postponed(self, message: Taken, reason: str, pause: timedelta) -> None:
        entry = self._open(message)
        if entry is not None:
            entry.state, entry.next_at, entry.last_error = "failed", self.now + pause, reason
            entry.attempts, entry.postponed = message.attempts - 1, message.postponed + 1

    def _open(self, message: Taken) -> Entry | None:
        entry = self.entries[message.fact, UUID(message.recipient)]
        return entry if entry.state in {"pending", "failed"} else None

    def _taken(self, entry: Entry) -> Taken:
        message = entry.message
        return Taken(
            fact=message.fact,
            recipient=str(message.subscription_id),
            message_id=message.message_id,
            destination=message.destination,
            body=message.body,
            attempts=entry.attempts,
            taken_at=self.now,
            postponed=entry.postponed,
        )
