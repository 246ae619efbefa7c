"""Every migration of every room on a real PostgreSQL."""

import pytest

from services.chassis import migrations
from tests.environment.database import Database

pytestmark = pytest.mark.postgres


async def test_a_fresh_database_takes_every_migration_and_then_needs_none(database: Database) -> None:
    await migrations.migrate(database.dsn("migrator"))

    assert await migrations.pending(database.dsn("migrator")) == []
    assert await migrations.migrate(database.dsn("migrator")) == []
