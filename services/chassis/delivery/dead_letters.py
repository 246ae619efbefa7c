"""Dead letters: messages that can never take effect, as rows with their reason, and the rate that stops a worker."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec

from services.chassis.delivery.batch import Message, headers_of
from services.chassis.postgres import Pool

REASON_CHARACTERS_MAX: Final = 2_000

IN_A_ROW_MAX: Final = 20
WINDOW: Final = 100
IN_WINDOW_MAX: Final = 20

_PUT: Final = """
    insert into delivery.dead_letters (event_id, topic, partition, kafka_offset, headers, key, value, reason)
    values ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8)
    on conflict (consumer, topic, partition, kafka_offset, (sha256(coalesce(value, ''::bytea)))) do nothing
    returning id
"""
_STATE: Final = """
    select state from delivery.dead_letters
    where consumer = current_user and topic = $1 and partition = $2 and kafka_offset = $3
        and sha256(coalesce(value, ''::bytea)) = sha256(coalesce($4, ''::bytea))
"""


class TooManyDeadLettersError(RuntimeError):
    """So much bad data is a bad deploy: the worker stops, nothing of the batch is acknowledged."""


class DeadLetters(Protocol):
    """Where dead letters are kept."""

    async def put(self, message: Message, reason: str) -> bool:
        """Keep the message once. True unless somebody has already decided about it (replayed or discarded)."""
        ...


@dataclass(frozen=True, slots=True)
class PostgresDeadLetters:
    """Rows of `delivery.dead_letters`; the consumer is the database role."""

    pool: Pool

    async def put(self, message: Message, reason: str) -> bool:
        place = (message.topic, message.partition, message.offset)
        headers = [(_text(name), _text(value.decode("utf-8", "replace"))) for name, value in headers_of(message)]
        event_id = next((value[:64] for name, value in headers if name == "ce_id"), None)
        told = _text(reason)[:REASON_CHARACTERS_MAX]
        written = msgspec.json.encode(headers).decode()
        async with self.pool.acquire() as connection:
            added = await connection.fetchval(_PUT, event_id, *place, written, message.key, message.value, told)
            if added is not None:
                return True
            return bool(await connection.fetchval(_STATE, *place, message.value) == "open")


def _text(text: str) -> str:
    """Return `text` as PostgreSQL takes it."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode()


class DeadLetterRate:
    """Stops a worker at more than 20 dead letters in a row, or among the last 100 messages."""

    def __init__(self) -> None:
        self._row = 0
        self._last: deque[bool] = deque(maxlen=WINDOW)

    def handled(self, count: int) -> None:
        """Note that `count` messages took effect."""
        if count <= 0:
            return
        self._row = 0
        if self._last:
            self._last.extend([False] * min(count, WINDOW))
            if True not in self._last:
                self._last.clear()

    def dead(self) -> None:
        """Note one dead letter.

        Raises:
            TooManyDeadLettersError: it is one too many.
        """
        self._row += 1
        self._last.append(True)
        if self._row > IN_A_ROW_MAX:
            raise TooManyDeadLettersError(f"more than {IN_A_ROW_MAX} dead letters in a row")
        if self._last.count(True) > IN_WINDOW_MAX:
            raise TooManyDeadLettersError(f"more than {IN_WINDOW_MAX} dead letters among the last {WINDOW} messages")
