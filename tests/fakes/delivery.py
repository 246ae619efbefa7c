"""Fakes of the delivery ports: they hold state, and the contract tests hold them to the real ones' promise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from services.chassis.delivery.batch import Message
from services.chassis.delivery.producer import Outgoing, RefusedError


@dataclass(slots=True)
class InMemoryDeadLetters:
    """Dead letters by place."""

    letters: dict[tuple[str, int, int, bytes], str] = field(default_factory=dict)
    decided: set[tuple[str, int, int, bytes]] = field(default_factory=set)

    async def put(self, message: Message, reason: str) -> bool:
        place = (message.topic, message.partition, message.offset, message.value or b"")
        self.letters.setdefault(place, reason)
        return place not in self.decided

    @property
    def reasons(self) -> list[str]:
        return list(self.letters.values())


@dataclass(slots=True)
class InMemoryCrashes:
    """Crash counts by natural key."""

    counts: Counter[str] = field(default_factory=Counter)

    async def note(self, keys: Sequence[str], reason: str) -> None:
        del reason
        self.counts.update(set(keys))

    async def suspects(self) -> Mapping[str, int]:
        return dict(self.counts)

    async def clear(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.counts.pop(key, None)


class DiedError(BaseException):
    """What a process that would have ended raises in a test."""


@dataclass(slots=True)
class Deaths:
    """A `die` that notes the error and unwinds."""

    errors: list[BaseException] = field(default_factory=list)

    def __call__(self, error: BaseException) -> NoReturn:
        self.errors.append(error)
        raise DiedError from error


@dataclass(frozen=True, slots=True)
class Record:
    """A record as a client would give it."""

    value: bytes | None
    offset: int = 0
    topic: str = "said"
    partition: int = 0
    key: bytes | None = b"key"
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(slots=True)
class InMemoryBroker:
    """Takes what a relay sends; refuses records larger than `bytes_max`; fails as often as `failures` says."""

    bytes_max: int = 1_000
    failures: int = 0
    records: list[Outgoing] = field(default_factory=list)

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the broker is away")
        self.records += [record for record in records if len(record.value) <= self.bytes_max]
        refused = [record for record in records if len(record.value) > self.bytes_max]
        if refused:
            raise RefusedError(refused, "too large")


@dataclass(slots=True)
class InMemoryPending:
    """A pending table."""

    rows: dict[int, Outgoing] = field(default_factory=dict)

    async def read(self, limit: int, held: Sequence[int]) -> Sequence[Outgoing]:
        return [self.rows[seq] for seq in sorted(self.rows) if seq not in held][:limit]

    async def forget(self, seqs: Sequence[int]) -> None:
        for seq in seqs:
            self.rows.pop(seq, None)
