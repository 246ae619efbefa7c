"""The board as a process: a fact reaches a viewer, and SIGTERM ends every stream at once."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from deploy.embedded.kafka import Kafka
from services.identity.tokens import issue_token
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.notify.facts import a_fact
from tests.wire.notify.process import publish, running

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

END_SECONDS_MAX = 2.0


def a_clerk(database: Database) -> dict[str, str]:
    token = issue_token()
    database.run_sql(
        f"select identity.add_person('{an_id('clerk')}', '李强');"
        f"select identity.give_role('{an_id('clerk')}', 'drainage', 'clerk', 'ordinary', '2026-01-01');"
        f"select identity.issue_token('\\x{token.token_hash.hex()}', '{token.prefix}', '{an_id('clerk')}', '1 day')"
    )
    return {"authorization": f"Bearer {token.secret}"}


async def events_in(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, object]]]:
    event = ""
    async for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


async def test_a_fact_reaches_the_viewer_and_the_end_comes_within_two_seconds(
    database: Database, kafka_server: Kafka
) -> None:
    clerk = a_clerk(database)
    case = f"board-{database.name}"
    async with running("board", "board_reader", database, kafka_server) as board:
        await board.ready()
        async with (
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{board.port}", headers=clerk, timeout=60) as client,
            client.stream("GET", "/api/v1/board/feed") as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            events = events_in(stream.aiter_lines())
            assert await anext(events) == ("hello", {})
            snapshot = (await client.get("/api/v1/board/snapshot")).json()

            await publish(kafka_server, a_fact(name=case, lane="stability"), a_fact(name=case, version=2))
            event, delta = await asyncio.wait_for(anext(events), 60)
            ended = asyncio.create_task(asyncio.to_thread(board.end_timed))
            last = await asyncio.wait_for(anext(events), 60)

            assert snapshot["counts"]["open"] == 0
            assert (event, delta["case_id"], delta["version"]) == ("case", str(an_id(case)), 2)
            assert last == ("bye", {})
            status, took = await ended
            assert status == 0
            assert took <= END_SECONDS_MAX
