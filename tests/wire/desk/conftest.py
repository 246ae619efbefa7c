"""The office: a fresh database, the desk's application, people with tokens."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.environment.database import Database
from tests.wire.desk.office import Office


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    session = {"timezone": "UTC", "jit": "off"}
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4, server_settings=session) as writer,
        asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4, server_settings=session) as reader,
    ):
        office = Office(database, writer, reader)
        office.seat()
        async with office.client:
            yield office
