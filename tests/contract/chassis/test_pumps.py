"""What every worker may rely on, whichever client fetches: one suite, both pumps, real Kafka and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.embedded.kafka import Kafka
from services.chassis.failures import EXIT_CRASHED
from tests.contract.chassis.probe import Probe, acknowledged
from tests.environment.database import Database
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(600)]


@pytest.fixture(params=["faust", "aiokafka"])
async def probe(
    request: pytest.FixtureRequest, kafka_server: Kafka, database: Database, tmp_path: Path
) -> AsyncIterator[Probe]:
    probe = Probe(request.param, kafka_server.address, database, tmp_path)
    await probe.create_topic()
    yield probe
    probe.kill_all()


async def test_every_message_takes_effect_once_and_is_acknowledged_at_the_stop(probe: Probe) -> None:
    texts = [f"t{number}" for number in range(50)]
    await probe.say(*texts)
    worker = probe.start()
    await probe.saw(50)

    status = await probe.stopped(worker)

    assert status == 0
    assert sorted(probe.effects) == sorted(texts)
    assert await probe.committed() == 50


async def test_bad_messages_become_dead_letters_and_the_rest_of_their_batch_takes_effect(probe: Probe) -> None:
    await probe.say("a", b"{", "refuse-this", None, "b", "c")
    probe.start()

    assert sorted(await probe.saw(3)) == ["a", "b", "c"]
    await acknowledged(probe, 6)
    letters = await probe.rows("select reason, state from delivery.dead_letters")
    assert len(letters) == 3
    assert {letter["state"] for letter in letters} == {"open"}
    assert any("it asked to be refused" in letter["reason"] for letter in letters)


async def test_a_crash_acknowledges_nothing_and_the_third_makes_a_dead_letter(probe: Probe) -> None:
    await probe.say("a", "crash", "b", key="one")

    statuses = [await probe.ended(probe.start()) for _ in range(3)]
    committed_then = await probe.committed()
    probe.start()
    await probe.saw(2)
    await acknowledged(probe, 3)

    assert statuses == [EXIT_CRASHED] * 3
    assert committed_then == 0
    assert set(probe.effects) == {"a", "b"}
    letters = await probe.rows("select reason from delivery.dead_letters")
    assert [letter["reason"] for letter in letters] == ["ended the process 3 times"]
    assert await probe.rows("select 1 from delivery.crashes") == []


async def test_a_kill_from_outside_counts_as_no_crash(probe: Probe) -> None:
    await probe.say("hang", "a", key="one")
    worker = probe.start()

    await eventually(probe.is_at_work, within_seconds=60.0)
    worker.kill()

    assert await probe.ended(worker) == -9
    assert await probe.rows("select 1 from delivery.crashes") == []
    assert await probe.committed() == 0


async def test_too_many_dead_letters_stop_the_worker_and_acknowledge_nothing(probe: Probe) -> None:
    await probe.say(*[b"?"] * 60)

    assert await probe.ended(probe.start()) == EXIT_CRASHED
    assert await probe.committed() == 0
    assert await probe.rows("select 1 from delivery.crashes") == []


async def test_a_worker_that_hangs_is_ended_and_its_message_counted(probe: Probe) -> None:
    await probe.say("hang")
    probe.environment["WHISTLE_PROBE_STUCK_SECONDS_MAX"] = "10"

    assert await probe.ended(probe.start()) == EXIT_CRASHED
    crashes = await probe.rows("select count, last_reason from delivery.crashes")
    assert [crash["count"] for crash in crashes] == [1]
    assert "no progress" in crashes[0]["last_reason"]


async def test_a_topic_made_anew_is_read_from_its_beginning(probe: Probe) -> None:
    await probe.say(*[f"old{number}" for number in range(20)])
    worker = probe.start()
    await probe.saw(20)
    await acknowledged(probe, 20)

    await probe.make_topic_anew()
    await probe.say("new0", "new1", "new2")

    # Whether the client notices or the guard ends the process, its supervisor starts it again.
    await probe.saw_restarting(worker, 23)


async def test_offsets_committed_beyond_the_end_lose_nothing(probe: Probe) -> None:
    await probe.commit_beyond_the_end()
    await probe.say("a", "b", "c")

    probe.start()

    assert set(await probe.saw(3)) == {"a", "b", "c"}
    await acknowledged(probe, 3)


async def test_a_broker_killed_and_started_again_loses_nothing(probe: Probe, kafka_server: Kafka) -> None:
    await probe.say("before")
    worker = probe.start()
    await probe.saw(1)

    await asyncio.to_thread(kafka_server.kill)
    await asyncio.to_thread(kafka_server.start)
    await probe.say("after")

    await probe.saw(2)
    assert worker.poll() is None
    assert await probe.stopped(worker) == 0
    assert await probe.committed() == 2
