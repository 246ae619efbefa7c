"""Fixtures: `postgres_server` and `kafka_server` once per session, `database` fresh for each test.

A server that cannot be started fails the test that needs it; nothing is skipped.
"""

import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser

from deploy.embedded.children import Children
from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.state import State
from tests.environment.browser import chromium
from tests.environment.database import Clones, Database, make_template
from tests.environment.session import new_session_state


@pytest.fixture(scope="session")
def session_state() -> Iterator[State]:
    state = new_session_state()
    yield state
    shutil.rmtree(state.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def children(session_state: State) -> Children:
    return Children(session_state.folder, session_state.logs)


@pytest.fixture(scope="session")
def postgres_server(session_state: State, children: Children) -> Iterator[Postgres]:
    """A PostgreSQL with all roles; durable settings on, as in production."""
    settings = {"shared_buffers": "128MB", "max_connections": "200"}
    (port,) = free_ports(1)
    server = Postgres(state=session_state, port=port, children=children, settings=settings)
    with server:
        yield server
    server.data.remove()


@pytest.fixture(scope="session")
def clones(postgres_server: Postgres) -> Iterator[Clones]:
    """Copies of a migrated database, for what several tests read and none writes."""
    make_template(postgres_server)
    clones = Clones(postgres_server)
    yield clones
    clones.close()


@pytest.fixture
def database(clones: Clones) -> Iterator[Database]:
    """A migrated database that only this test uses."""
    with clones.one() as database:
        yield database


@pytest.fixture(scope="session")
def kafka_server(session_state: State, children: Children) -> Iterator[Kafka]:
    """A broker shared by the session; tests name their topics with `unique`."""
    port, controller_port = free_ports(2)
    server = Kafka(state=session_state, port=port, controller_port=controller_port, children=children)
    with server:
        yield server


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium for this test."""
    async with chromium() as browser:
        yield browser
