"""Connections of the command line: one to PostgreSQL, one to Kafka, each with a deadline, closed whatever happens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.postgres import connect
from services.chassis.settings import PostgresSettings
from services.whistle.exits import UnreachableError, reason_of
from services.whistle.settings import CliSettings

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

CONNECT_SECONDS_MAX: Final = 20.0
"""A person waits: in the middle of a restore it is better to wait for a busy server than to begin again."""
KAFKA_MILLISECONDS_MAX: Final = 10_000
STOP_SECONDS_MAX: Final = 5.0


@asynccontextmanager
async def postgres(settings: PostgresSettings) -> AsyncIterator[Connection]:
    """Open one connection.

    Raises:
        UnreachableError: nothing answers there.
    """
    try:
        connection = await connect(settings, within_seconds=CONNECT_SECONDS_MAX)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise UnreachableError(f"PostgreSQL does not answer: {reason_of(error)}") from error
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def as_operator() -> AsyncIterator[Connection]:
    """Open one connection with the operator's rights."""
    async with postgres(CliSettings.read().operator) as connection:
        yield connection


@asynccontextmanager
async def kafka_admin(brokers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Open Kafka's administration."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers, request_timeout_ms=KAFKA_MILLISECONDS_MAX)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def kafka_consumer(brokers: str, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    """Open a reader that commits nothing by itself; partitions are assigned by the caller."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=KAFKA_MILLISECONDS_MAX,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        # In a task of its own: aiokafka 0.14 lets the cancellation of a task that never ran out of stop().
        stopping = asyncio.create_task(consumer.stop())
        await asyncio.wait([stopping], timeout=STOP_SECONDS_MAX)
