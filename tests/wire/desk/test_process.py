"""The desk as a process of its own: ready when it can answer, honest when its database is away, gone when told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from deploy.embedded.ports import free_ports
from deploy.embedded.secret_files import make_secrets
from tests.environment.database import Database
from tests.waiting import eventually
from tests.wire.desk.office import person_sql, token_of

pytestmark = pytest.mark.postgres

BEARER: Final = {"Authorization": f"Bearer {token_of('street').secret}"}


class DeskProcess:
    """`python -m services.desk` with its settings from the environment, as compose.yaml gives them."""

    def __init__(self, database: Database, secrets: Path) -> None:
        (port,) = free_ports(1)
        make_secrets(secrets, ["vault_keys"])
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.desk"],
            env={
                **os.environ,
                "WHISTLE_DESK_POSTGRES_DSN": database.dsn_without_password("desk_api"),
                "WHISTLE_DESK_POSTGRES_PASSWORD_FILE": str(database.password_file("desk_api")),
                "WHISTLE_DESK_KAFKA_BROKERS": "127.0.0.1:1",
                "WHISTLE_DESK_PORT": str(port),
                "WHISTLE_DESK_VAULT_KEYS_FILE": str(secrets / "vault_keys"),
                "WHISTLE_DESK_ATTACHMENTS": str(secrets),
            },
        )

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.url}{path}", headers=BEARER, timeout=15)

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz").status_code == 200
        except httpx2.TransportError:
            return False


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[DeskProcess]:
    database.run_sql(person_sql("street"))
    desk = DeskProcess(database, tmp_path)
    yield desk
    desk.process.kill()
    desk.process.wait(30)


async def test_the_desk_answers_until_it_is_told_to_stop(desk: DeskProcess) -> None:
    await eventually(desk.is_ready, within_seconds=60)

    assert desk.get("/api/v1/me").json()["unit"] == "sub-01"
    assert desk.get("/api/v1/queue").json()["rows"] == []
    assert 'whistle_desk_acts_total{kind="sign_in",outcome="done"} 0.0' in desk.get("/metrics").text
    assert desk.get("/docs").status_code == desk.get("/openapi.json").status_code == 404
    assert "default-src 'none'" in desk.get("/api/v1/nothing").headers["content-security-policy"]
    desk.process.send_signal(signal.SIGTERM)
    assert desk.process.wait(30) == 0


async def test_while_the_database_is_away_the_desk_says_so_and_comes_back(
    desk: DeskProcess, database: Database
) -> None:
    await eventually(desk.is_ready, within_seconds=60)

    database.server.kill()
    try:
        away = desk.get("/api/v1/queue")
        assert not desk.is_ready()
    finally:
        database.server.start()

    assert (away.status_code, int(away.headers["retry-after"]) > 0) == (503, True)
    await eventually(lambda: desk.get("/api/v1/queue").status_code == 200, within_seconds=30)
    assert desk.process.poll() is None
