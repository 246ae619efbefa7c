"""Whoever takes a case holds a connection while the copy of the versions is read again: that needs one beside them."""

import importlib.util
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.postgres import beside, postgres_pool
from services.chassis.settings import PostgresSettings
from services.ledger.store.cities import Cities
from services.ledger.store.settling import Settling
from services.reference.versions.cache import reference_cache
from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.wire.ledger.moving_town import Town, a_town


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(), MORNING) as town:
        yield town


async def test_a_stale_copy_is_read_again_though_every_connection_of_the_pool_is_held(town: Town) -> None:
    await town.open("case", place=HERE)
    dsn = town.database.dsn("ledger_writer")
    settings = PostgresSettings(dsn=dsn, password=None, pool_size=1, clock="stepped")
    async with postgres_pool(settings) as pool, beside(settings) as own, reference_cache(own) as reference:
        town.at(MORNING + timedelta(days=30))

        settled = await Settling(pool, Cities(reference)).settle_due(10)

    assert settled.steps > 0


@pytest.mark.parametrize("service", ["desk", "ledger", "sla"])
def test_every_service_that_takes_cases_reads_versions_beside_its_pool(service: str) -> None:
    found = importlib.util.find_spec(f"services.{service}.__main__")

    assert found is not None
    assert found.origin is not None
    main = Path(found.origin).read_text(encoding="utf-8")
    assert "beside(settings.postgres) as own" in main
    assert "reference_cache(own)" in main
