"""The office: a fresh database, the desk's application, people with tokens."""

from collections.abc import AsyncIterator

import pytest

from tests.environment.database import Database
from tests.wire.desk.office import Office, an_office


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        yield office
