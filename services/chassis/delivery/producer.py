"""Sends records: idempotent, acknowledged by all replicas, every send with a deadline, rebuilt after a fatal error."""

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from services.chassis.settings import KafkaSettings

BATCH_BYTES_MAX: Final = 512 * 1024
RECORD_BYTES_MAX: Final = 768 * 1024
CLOSE_SECONDS_MAX: Final = 5.0

Place = tuple[str, int]

_log = structlog.get_logger("whistle.producer")


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """A record to send. `seq` is its number in the pending table, 0 where there is none."""

    seq: int
    topic: str
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


class RefusedError(ValueError):
    """One record can never be sent (too large); the others of its call were."""

    def __init__(self, refused: Sequence[Outgoing], reason: str) -> None:
        super().__init__(reason)
        self.refused = refused


class SendFailedError(OSError):
    """Unknown whether the records arrived: send them all again. An outage, hence transient."""


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition that records of `key` go to."""
    return zlib.crc32(key) % partitions


class Producer:
    """One per process. `send_all` returns when the broker has confirmed every record.

    Records of one key go to one partition in the order given; the partition is crc32(key), the same in every process.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._client: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()

    async def send_all(self, records: Sequence[Outgoing]) -> None:
        """Send `records`; safe to repeat, readers drop what they know.

        Raises:
            SendFailedError: an outage or a time-out; the client is rebuilt at the next call.
            RefusedError: names the records too large to send; all others are confirmed.
        """
        if not records:
            return
        try:
            async with asyncio.timeout(self._settings.send_seconds_max):
                refused = await self._send(records)
        except (KafkaError, OSError, TimeoutError) as error:
            await self._discard()
            raise SendFailedError(f"kafka: {type(error).__name__}: {error}"[:300]) from error
        if refused:
            raise RefusedError(refused, f"larger than {RECORD_BYTES_MAX} bytes")

    async def close(self) -> None:
        """Close the client; records not yet confirmed may be lost, which their senders know."""
        await self._discard()

    async def _send(self, records: Sequence[Outgoing]) -> list[Outgoing]:
        client = await self._started()
        waiting = []
        refused: list[Outgoing] = []
        for place, group in (await self._by_partition(client, records)).items():
            for builder, size in _batches(client, group, refused):
                if size:
                    waiting.append(await client.send_batch(builder, place[0], partition=place[1]))
        if waiting:
            await asyncio.gather(*waiting)
        return refused

    async def _by_partition(self, client: Any, records: Iterable[Outgoing]) -> dict[Place, list[Outgoing]]:
        counts: dict[str, int] = {}
        placed: defaultdict[Place, list[Outgoing]] = defaultdict(list)
        for record in records:
            count = counts.get(record.topic)
            if count is None:
                count = counts[record.topic] = len(await client.partitions_for(record.topic))
            placed[record.topic, partition_of(record.key, count)].append(record)
        return placed

    async def _started(self) -> Any:
        async with self._turn:
            if self._client is None:
                client = AIOKafkaProducer(
                    bootstrap_servers=self._settings.brokers,
                    client_id=self._settings.instance_id,
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=BATCH_BYTES_MAX,
                    max_request_size=2 * BATCH_BYTES_MAX,
                    request_timeout_ms=int(self._settings.send_seconds_max * 1000),
                    metadata_max_age_ms=10_000,
                    retry_backoff_ms=50,
                )
                try:
                    await client.start()
                except BaseException:
                    await _closed(client)
                    raise
                self._client = client
        return self._client

    async def _discard(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await _closed(client)


def _batches(client: Any, records: Sequence[Outgoing], refused: list[Outgoing]) -> Iterable[tuple[Any, int]]:
    builder = client.create_batch()
    for record in records:
        if len(record.value) > RECORD_BYTES_MAX:
            refused.append(record)
            continue
        if not _append(builder, record):
            yield builder, builder.record_count()
            builder = client.create_batch()
            if not _append(builder, record):
                refused.append(record)
    yield builder, builder.record_count()


def _append(builder: Any, record: Outgoing) -> bool:
    try:
        added = builder.append(key=record.key, value=record.value, timestamp=None, headers=list(record.headers))
    except MessageSizeTooLargeError:
        return False
    return added is not None


async def _closed(client: Any) -> None:
    # aiokafka's stop waits for batches an idempotent producer never gives up on (aiokafka #1101): a deadline of ours.
    try:
        async with asyncio.timeout(CLOSE_SECONDS_MAX):
            await client.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        _log.warning("producer left behind", error=repr(error)[:200])
