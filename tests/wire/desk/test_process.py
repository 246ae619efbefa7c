"""The desk as a process of its own: ready when it can answer, honest when its database is away, gone when told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from deploy.embedded.secret_files import make_secrets
from tests.environment.database import Database
from tests.environment.process import Process, known_as
from tests.waiting import eventually
from tests.wire.desk.office import person_sql, token_of

pytestmark = pytest.mark.postgres

BEARER: Final = {"Authorization": f"Bearer {token_of('street').secret}"}


class DeskProcess(Process):
    """`python -m services.desk` with its settings from the environment, as compose.yaml gives them."""

    def ask(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.url}{path}", headers=BEARER, timeout=60)

    def is_ready(self) -> bool:
        try:
            return self.ask("/readyz").status_code == 200
        except httpx2.TransportError:
            return False


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[DeskProcess]:
    database.run_sql(person_sql("street"))
    make_secrets(tmp_path, ["vault_keys"])
    own = {
        "KAFKA_BROKERS": "127.0.0.1:1",
        "VAULT_KEYS_FILE": str(tmp_path / "vault_keys"),
        "ATTACHMENTS": str(tmp_path),
    }
    with DeskProcess("desk", known_as("desk_api", database) | own).running() as desk:
        yield desk


async def test_the_desk_answers_until_it_is_told_to_stop(desk: DeskProcess) -> None:
    await eventually(desk.is_ready, within_seconds=60)

    assert desk.ask("/api/v1/me").json()["unit"] == "sub-01"
    assert desk.ask("/api/v1/queue").json()["rows"] == []
    assert 'whistle_desk_acts_total{kind="sign_in",outcome="done"} 0.0' in desk.ask("/metrics").text
    assert desk.ask("/docs").status_code == desk.ask("/openapi.json").status_code == 404
    assert "default-src 'none'" in desk.ask("/api/v1/nothing").headers["content-security-policy"]
    assert desk.end() == 0


async def test_while_the_database_is_away_the_desk_says_so_and_comes_back(
    desk: DeskProcess, database: Database
) -> None:
    await eventually(desk.is_ready, within_seconds=60)

    database.server.kill()
    try:
        away = desk.ask("/api/v1/queue")
        assert not desk.is_ready()
    finally:
        database.server.start()

    assert (away.status_code, int(away.headers["retry-after"]) > 0) == (503, True)
    await eventually(lambda: desk.ask("/api/v1/queue").status_code == 200, within_seconds=60)
    assert desk.is_running
