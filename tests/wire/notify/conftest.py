"""Fixtures of notify's wire tests: a receiver on the loopback, and an office that delivers to it."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from prometheus_client import CollectorRegistry

from services.chassis.outages import Outages
from services.chassis.postgres import postgres_pool
from services.chassis.settings import PostgresSettings
from services.notify.channels.egress import Egress
from services.notify.channels.sending import Channels
from services.notify.metrics import NotifyMetrics
from services.notify.store.book import PostgresBook
from services.notify.store.repeating import Repeating
from services.notify.store.subscribing import Subscribing
from services.notify.store.subscriptions import PostgresSubscriptions
from services.notify.timers import Courier
from tests.environment.database import Database
from tests.wire.notify.office import Office, a_key_file
from tests.wire.notify.receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    keys = a_key_file()
    loopback = (ip_network("127.0.0.0/8"),)
    async with (
        postgres_pool(PostgresSettings(dsn=database.dsn("notify"), password=None)) as pool,
        postgres_pool(PostgresSettings(dsn=database.dsn("operator"), password=None)) as operators,
        Egress(loopback, seconds_max=30.0) as egress,
    ):
        registry = CollectorRegistry()
        book, subscriptions = PostgresBook(pool), PostgresSubscriptions(pool, keys)
        courier = Courier(
            book,
            subscriptions,
            Channels(egress=egress),
            NotifyMetrics.create(registry),
            Outages(registry, "notify"),
            chance=lambda: 0.0,
        )
        running = asyncio.create_task(courier.run())
        yield Office(
            database, book, Subscribing(operators, keys, egress.check), courier, subscriptions, Repeating(operators)
        )
        await courier.stop()
        await running
