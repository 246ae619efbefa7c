"""The command line, pointed at a database of its own."""

import pytest

from deploy.embedded.kafka import Kafka
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine, environment_for


@pytest.fixture
def whistle(database: Database) -> CommandLine:
    """Knows PostgreSQL only."""
    return CommandLine(environment_for(database))


@pytest.fixture
def whistle_with_kafka(database: Database, kafka_server: Kafka) -> CommandLine:
    """Knows both servers."""
    return CommandLine(environment_for(database, kafka_server.address))
