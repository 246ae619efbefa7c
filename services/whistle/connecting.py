"""Connections of the command line: one to PostgreSQL, one to Kafka, each with a deadline, closed whatever happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.postgres import connect
from services.chassis.settings import PostgresSettings
from services.whistle.exits import UnreachableError, reason_of
from services.whistle.settings import CliSettings

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

KAFKA_MILLISECONDS_MAX: Final = 10_000


@asynccontextmanager
async def postgres(settings: PostgresSettings) -> AsyncIterator[Connection]:
    """Open one connection.

    Raises:
        UnreachableError: nothing answers there.
    """
    try:
        connection = await connect(settings)
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
