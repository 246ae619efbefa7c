"""Channels of intake against its real process: a hotline's list from the command line, a sensor's signed webhook."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.identity.persons import give_token, load_persons
from services.notify.domain.signing import signed_headers
from services.reference.sheets.persons import PersonInRole
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.town import a_version
from tests.wire.intake.processes import KEY_FILE, IntakeProcess, running
from tests.wire.reference.publishing import publish_first
from tests.wire.whistle.command_line import CommandLine, Ended, environment_for

pytestmark = pytest.mark.postgres

LIST = """number,text,longitude,latitude,item,phone,name
12345-1,建设路雨水箅子堵死,113.105,41.005,0203,13900001234,王某
12345-2,,113.105,41.005,,,
12345-3,学校门口堵车,,,9999,,
12345-4,学校门口堵车,113.105,东,,,
12345-5,广场舞音响太吵,113.105,41.005,,,
"""


@asynccontextmanager
async def a_window(database: Database, folder: Path) -> AsyncIterator[tuple[IntakeProcess, CommandLine]]:
    """Run intake's door; give it and the command line of somebody at the hotline."""
    await publish_first(database, a_version())
    async with running("api", database, folder) as api:
        await api.ready()
        yield (
            api,
            CommandLine(
                {
                    **environment_for(database),
                    "WHISTLE_CLI_TOKEN": await _token(database),
                    "WHISTLE_CLI_VAULT_KEYS": KEY_FILE,
                }
            ),
        )


async def _token(database: Database) -> str:
    connection = await asyncpg.connect(database.dsn("operator"))
    try:
        role: dict[str, Any] = {"unit": "district_command_center", "role": "center_operator", "lane": "ordinary"}
        person = PersonInRole(
            person_id=an_id("hotline"), name="话务员", valid_from=date(2026, 1, 1), valid_to=None, **role
        )
        await load_persons(connection, [person])
        return (await give_token(connection, an_id("hotline"), timedelta(hours=1))).secret
    finally:
        await connection.close()


async def said(whistle: CommandLine, *words: str) -> Ended:
    return await asyncio.to_thread(whistle.run, *words, "--json")


async def test_a_hotlines_list_is_taken_in_once_and_refused_row_by_row(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(LIST, encoding="gb18030")
    async with a_window(database, tmp_path) as (api, whistle):
        command = ("reports", "import", str(file), "--url", f"http://127.0.0.1:{api.port}")

        first, again = await said(whistle, *command), await said(whistle, *command)

    assert (first.status, first.told["accepted"], first.told["replayed"]) == (1, 2, 0), first.err
    assert [refusal["row"] for refusal in first.told["refusals"]] == [3, 4, 5]
    assert (again.told["accepted"], again.told["replayed"]) == (2, 2)
    assert database.run_sql("select count(*) from intake.reports") == "2"
    assert database.run_sql("select count(*) from vault.contacts") == "1"


async def test_a_sensor_is_added_reports_is_renewed_and_disabled(database: Database, tmp_path: Path) -> None:
    async with a_window(database, tmp_path) as (api, whistle):
        where = ("--longitude", "113.105", "--latitude", "41.005")
        added = await said(whistle, "sensor", "add", "level-7", "--name", "桥洞水位计", "--item", "0203", *where)
        twice = await said(whistle, "sensor", "add", "level-7", "--name", "桥洞水位计", "--item", "0203", *where)

        assert added.status == 0, added.err
        assert twice.status == 1
        assert await _answers(database, api, added.told["secret"], "msg-1") == 201
        renewed = await said(whistle, "sensor", "renew", "level-7")
        assert await _answers(database, api, added.told["secret"], "msg-2") == 401
        assert await _answers(database, api, renewed.told["secret"], "msg-2") == 201
        assert (await said(whistle, "sensor", "disable", "level-7")).status == 0
        assert await _answers(database, api, renewed.told["secret"], "msg-3") == 401

    assert database.run_sql("select count(*) from intake.reports") == "2"


async def _answers(database: Database, api: IntakeProcess, secret: str, message: str) -> int:
    sent_at = datetime.fromtimestamp(float(database.run_sql("select extract(epoch from clock_timestamp())")), UTC)
    body = '{"text": "水位超过警戒线"}'.encode()
    headers = signed_headers(message, sent_at, body, [secret])
    return (await api.client.post("/api/v1/sensors/level-7", content=body, headers=headers)).status_code
