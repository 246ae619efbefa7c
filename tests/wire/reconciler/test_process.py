"""The reconciler as a process: ready, silent where nothing is lost, and gone when asked."""

import pytest

from deploy.embedded.kafka import Kafka
from services.reconciler.hops import HOPS
from tests.builders import an_id
from tests.environment.database import Database
from tests.waiting import eventually
from tests.wire.notify.process import running
from tests.wire.reconciler.causes import a_fact, a_told_fact

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]


async def test_it_compares_every_hop_and_repairs_nothing_in_a_quiet_city(
    database: Database, kafka_server: Kafka
) -> None:
    a_fact(database, an_id("told"))
    a_told_fact(database, an_id("told"))

    async with running("reconciler", "reconciler", database, kafka_server, TICK_SECONDS="0.2") as reconciler:
        await reconciler.ready()

        shown = [f'whistle_reconciler_repairs_total{{hop="{hop.name}"}} 0.0' for hop in HOPS]
        await eventually(lambda: all(line in reconciler.get("/metrics") for line in shown), within_seconds=60)
        assert reconciler.end() == 0
