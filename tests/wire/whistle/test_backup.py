"""Backup and restore: everything comes back, a new epoch begins, and nothing that topics still hold takes effect."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from deploy.embedded.waiting import run_apart
from services.contracts.codec import decode
from services.contracts.events import CaseDispatched
from services.contracts.flow import FLOW
from services.ledger.store.cities import Cities
from services.ledger.store.opening import Openings
from services.reference.versions.cache import reference_cache
from services.whistle.exits import RefusedError
from services.whistle.groups import begin_at_the_ends, groups, standings
from services.whistle.postgres_tools import tools_for
from services.whistle.topics import make_topics
from tests.environment.database import Database
from tests.waiting import eventually
from tests.wire.whistle.command_line import CommandLine, environment_for
from tests.wire.whistle.one_case import dispatch
from tests.wire.whistle.test_load import load

pytestmark = pytest.mark.timeout(300)
"""Kafka may need most of a minute to forget the workers that tests before killed."""

CASES = "select case_id, version, state, lead from ledger.cases order by case_id"
FACTS = "select case_id, version, event_id, md5(body) from ledger.facts order by 1, 2"
ACL = """
    select p.oid::regprocedure::text, p.proowner::regrole, a.grantee::regrole, a.privilege_type
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
    union all
    select c.oid::regclass::text, c.relowner::regrole, a.grantee::regrole, a.privilege_type
    from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
    order by 1, 2, 3, 4
"""


@pytest.fixture(autouse=True)
async def _nobody_reads(kafka_server: Kafka) -> None:
    """Wait until the broker, which other tests use too, has forgotten the workers that they killed."""
    await make_topics(kafka_server.address, 1)

    async def forgotten() -> bool:
        try:
            await begin_at_the_ends(kafka_server.address)
        except (RefusedError, KafkaError, OSError, TimeoutError):
            return False
        return True

    idle: bool = await eventually(forgotten, within_seconds=90)
    assert idle


@pytest.fixture
def empty(postgres_server: Postgres) -> Iterator[Database]:
    """Where a backup is restored to."""
    postgres_server.run_sql("create database whistle_restored owner migrator template template0;")
    yield Database(postgres_server, "whistle_restored")
    postgres_server.run_sql("drop database whistle_restored with (force);")


async def open_again(database: Database, decisions: list[CaseDispatched]) -> int:
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=2) as pool,
        reference_cache(pool) as reference,
        Openings(pool, Cities(reference)).gate() as gate,
    ):
        return len(await gate.open_once(decisions))


async def decisions_in(database: Database) -> list[CaseDispatched]:
    connection = await asyncpg.connect(database.dsn("migrator"))
    rows = await connection.fetch("select decision::text as decision from ledger.cases")
    await connection.close()
    return [decode(row["decision"].encode(), CaseDispatched) for row in rows]


@pytest.mark.kafka
def test_after_a_restore_every_case_is_there_and_nothing_takes_effect_twice(
    whistle_with_kafka: CommandLine, database: Database, empty: Database, kafka_server: Kafka, tmp_path: Path
) -> None:
    whistle = whistle_with_kafka
    whistle.told("topics", "apply")
    whistle.told(*load(whistle))
    for name in ("one", "two", "three"):
        run_apart(dispatch(database, kafka_server.address, name))
    saved = whistle.told("backup", str(tmp_path / "saved"))
    lost: UUID = run_apart(dispatch(database, kafka_server.address, "after-the-backup"))
    before = [database.run_sql(f"{query}") for query in (CASES, FACTS)]

    restored = CommandLine(environment_for(empty, kafka_server.address))
    told = restored.told("restore", str(tmp_path / "saved"))

    assert saved["cases"] == 3
    assert empty.run_sql("select count(*) from ledger.cases") == "3"
    for query, old in zip((CASES, FACTS), before, strict=True):
        kept = [line for line in old.split("\n") if not line.startswith(str(lost))]
        assert empty.run_sql(query).split("\n") == kept
    # What topics still hold takes effect no more, and what comes again changes nothing.
    assert all(place.lag == 0 and place.never_committed == 0 for place in run_apart(standings(kafka_server.address)))
    assert run_apart(open_again(empty, run_apart(decisions_in(empty)))) == 0
    assert empty.run_sql("select count(*) from ledger.facts") == "3"
    # What it says from now on is another epoch's.
    assert (
        told["epoch"]
        == int(empty.run_sql("select delivery.epoch()"))
        > int(database.run_sql("select delivery.epoch()"))
    )


@pytest.mark.kafka
def test_a_restored_database_grants_exactly_what_the_old_one_did(
    whistle_with_kafka: CommandLine, database: Database, empty: Database, kafka_server: Kafka, tmp_path: Path
) -> None:
    whistle_with_kafka.told("backup", str(tmp_path / "saved"))

    CommandLine(environment_for(empty, kafka_server.address)).told("restore", str(tmp_path / "saved"))

    assert empty.run_sql(ACL) == database.run_sql(ACL)
    assert CommandLine(environment_for(empty)).run("migrate", "--check").status == 0


@pytest.mark.kafka
def test_the_same_backup_restored_twice_begins_two_epochs(
    whistle_with_kafka: CommandLine, postgres_server: Postgres, empty: Database, kafka_server: Kafka, tmp_path: Path
) -> None:
    whistle_with_kafka.told("backup", str(tmp_path / "saved"))
    restored = CommandLine(environment_for(empty, kafka_server.address))

    first = restored.told("restore", str(tmp_path / "saved"))
    postgres_server.run_sql("drop database whistle_restored with (force);")
    postgres_server.run_sql("create database whistle_restored owner migrator template template0;")
    second = restored.told("restore", str(tmp_path / "saved"))

    assert second["epoch"] == first["epoch"] + 1


@pytest.mark.kafka
async def test_while_a_service_reads_its_group_is_not_moved(kafka_server: Kafka) -> None:
    await make_topics(kafka_server.address, 1)
    await begin_at_the_ends(kafka_server.address)
    topics = groups()["ledger"]
    async with AIOKafkaConsumer(*topics, bootstrap_servers=kafka_server.address, group_id="ledger") as reader:
        await eventually(reader.assignment, within_seconds=60)

        with pytest.raises(RefusedError, match="ledger still runs"):
            await begin_at_the_ends(kafka_server.address)


@pytest.mark.kafka
def test_a_database_that_holds_something_is_never_overwritten(whistle_with_kafka: CommandLine, tmp_path: Path) -> None:
    whistle_with_kafka.told("backup", str(tmp_path / "saved"))

    ended = whistle_with_kafka.run("restore", str(tmp_path / "saved"))

    assert ended.status == 1
    assert "not empty" in ended.err
    assert whistle_with_kafka.run("backup", str(tmp_path / "saved")).status == 2


def test_every_group_of_the_flow_is_moved() -> None:
    assert {topic for topics in groups().values() for topic in topics} == {hop.topic for hop in FLOW}


def test_tools_are_never_older_than_the_server() -> None:
    assert tools_for(15).major >= 15
