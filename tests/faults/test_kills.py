"""Under load, every service, Kafka and PostgreSQL are killed while steps fall due; then everything is counted."""

import asyncio
import os
from datetime import timedelta
from functools import partial
from typing import Final

import httpx2
import pytest

from deploy.demo.district import sample_district
from deploy.demo.moments import WEEK_STARTS_AT
from deploy.demo.reports import Week
from deploy.embedded.running import System
from services.chassis.postgres import postgres_pool
from services.chassis.settings import PostgresSettings
from services.reference.deciding.compile import CompiledReference
from services.reference.versions.cache import reference_cache
from tests.faults.checker import check
from tests.faults.load import Load
from tests.faults.work import Departments
from tests.journeys.running_city import RunningCity, city_of
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(540)]

SERVICES: Final = (
    "intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "appraisal", "reconciler",
)  # fmt: skip
SEED: Final = int(os.environ.get("WHISTLE_FAULTS_SEED", "11"))
PER_SECOND: Final = float(os.environ.get("WHISTLE_FAULTS_PER_SECOND", "15"))
KAFKA_DOWN_SECONDS: Final = float(os.environ.get("WHISTLE_FAULTS_KAFKA_DOWN_SECONDS", "20"))
HEALED_SECONDS: Final = 120.0
DONE_BEFORE: Final = 20
"""Acts of the departments before the first kill."""
HOUR: Final = timedelta(hours=1)


async def test_nothing_is_lost_doubled_early_or_false_when_everything_is_killed_in_turn(faulty_system: System) -> None:
    load = Load(intake=faulty_system.url("intake-api"), week=Week(sample_district(), SEED), per_second=PER_SECOND)
    async with city_of(faulty_system, WEEK_STARTS_AT) as city:
        await city.pass_time(until=WEEK_STARTS_AT + 9 * HOUR)
        enough = asyncio.Event()
        departments = Departments(dsn=faulty_system.postgres.dsn("postgres"), doors=city.doors, people=city.people)
        reporting = asyncio.gather(load.run(enough), departments.run(enough))
        try:
            # Nothing is broken before everything works: on a busy machine that takes its time.
            begun: bool = await eventually(lambda: departments.done > DONE_BEFORE, within_seconds=HEALED_SECONDS)
            assert begun
            await _kill_each(faulty_system, city)
            await _steps_without_kafka(faulty_system, city)
            await _kill_postgres(faulty_system)
            acted = departments.done
            again: bool = await eventually(lambda: departments.done > acted, within_seconds=HEALED_SECONDS)
            assert again
        finally:
            enough.set()
            await reporting

    await _healed(faulty_system)
    async with city_of(faulty_system, WEEK_STARTS_AT) as city:
        told: bool = await eventually(partial(_settled, city), within_seconds=HEALED_SECONDS)
        assert told
        await city.pass_time(until=city.clock.at + 3 * HOUR)
        reference = await _reference(faulty_system)
        findings = await check(city.superuser, list(load.history.accepted.values()), reference, city.clock.at)

    findings.repaired += await _repairs(faulty_system)
    assert load.history.refused == []
    assert len(load.history.accepted) > 100
    assert departments.refused == []
    assert departments.done > DONE_BEFORE
    assert findings.said() == {}


async def _kill_each(system: System, city: RunningCity) -> None:
    for name in SERVICES:
        await asyncio.sleep(2.0)
        system.kill(name)
        await city.clock.jump(city.clock.at + HOUR)
    await asyncio.sleep(2.0)
    system.kill("kafka")


async def _steps_without_kafka(system: System, city: RunningCity) -> None:
    """Kafka is stopped while steps fall due: they take effect all the same, and intake goes on answering 201."""
    await asyncio.to_thread(system.wait_ready, "kafka", within_seconds=HEALED_SECONDS)
    system.stop("kafka")
    await city.clock.jump(city.clock.at + 4 * HOUR)
    owed = "select not exists (select from ledger.clocks where next_at <= (select clock.now()))"
    await eventually(lambda: city.superuser.fetchval(owed), within_seconds=HEALED_SECONDS)
    await asyncio.sleep(KAFKA_DOWN_SECONDS)
    system.start("kafka")


async def _kill_postgres(system: System) -> None:
    await asyncio.sleep(3.0)
    system.kill("postgres")
    await asyncio.sleep(3.0)


async def _healed(system: System) -> None:
    await asyncio.to_thread(system.wait_ready, within_seconds=HEALED_SECONDS)


async def _settled(city: RunningCity) -> bool:
    """Whether everything accepted is open, told and counted."""
    waiting = """
        select exists (select from intake.pending) or exists (select from ledger.pending)
            or (select count(*) from intake.reports) <> (select count(*) from ledger.cases)
            or exists (select from ledger.facts f where f.topic = 'case.progressed.v1'
                and not exists (select from notify.messages m where m.case_id = f.case_id and m.version = f.version))
            or exists (select from ledger.facts f where f.topic = 'case.progressed.v1'
                and not exists (select from appraisal.facts a where a.case_id = f.case_id and a.version = f.version))
    """
    return not await city.superuser.fetchval(waiting)


async def _repairs(system: System) -> int:
    """Return how often the reconciler sent something again since it last started."""
    async with httpx2.AsyncClient(timeout=60.0, trust_env=False) as http:
        told = (await http.get(f"{system.url('reconciler')}/metrics")).text
    lines = [line for line in told.splitlines() if line.startswith("whistle_reconciler_repairs_total")]
    assert lines
    return int(sum(float(line.split()[-1]) for line in lines))


async def _reference(system: System) -> CompiledReference:
    settings = PostgresSettings(dsn=system.postgres.dsn("operator"), password=None, pool_size=2)
    async with postgres_pool(settings) as pool, reference_cache(pool) as cache:
        return cache.latest()
