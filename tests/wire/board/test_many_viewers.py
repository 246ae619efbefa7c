"""Two hundred people watch: everybody sees every fact, who never reads is let go and comes back, the end is quick."""

import asyncio
import json
import re
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import httpx2
import pytest
from aiokafka import AIOKafkaProducer

from deploy.embedded.kafka import Kafka
from services.contracts.codec import encode, headers_of, key_of
from services.contracts.events import CaseProgressed
from services.identity.tokens import IssuedToken, issue_token
from tests.builders import an_id
from tests.environment.database import Database
from tests.environment.process import Process
from tests.unit.notify.facts import a_fact
from tests.waiting import eventually
from tests.wire.notify.process import running

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

VIEWERS: Final = 200
OF_ONE_PERSON: Final = 5
FACTS: Final = 50
END_SECONDS_MAX: Final = 2.0
OPEN: Final = 12
SMALLEST_BUFFER: Final = 2_048
DROPPED: Final = "whistle_board_viewers_dropped_total 1.0"
FLOOD_MAX: Final = 50_000


def people_at(database: Database, count: int) -> list[IssuedToken]:
    """Let people of the drainage department stand there, each with a token."""
    tokens = [issue_token() for _ in range(count)]
    database.run_sql(
        "".join(
            f"select identity.add_person('{an_id(f'viewer {index}')}', '李强');"
            f"select identity.give_role('{an_id(f'viewer {index}')}', 'drainage', 'clerk', 'ordinary', '2026-01-01');"
            f"select identity.issue_token('\\x{token.token_hash.hex()}', '{token.prefix}',"
            f" '{an_id(f'viewer {index}')}', '1 day');"
            for index, token in enumerate(tokens)
        )
    )
    return tokens


def cases_of_the_department(database: Database, count: int) -> set[str]:
    """Let so many cases of the drainage department stand open; return their ids."""
    names = [f"open {index}" for index in range(count)]
    database.run_sql(
        "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,"
        " barred_units, units, subdistrict, accepted_at, opened_at, changed_at, reference_version, applied_version,"
        " decision, reports) values "
        + ",".join(
            f"('{an_id(name)}', '{name}', 1, 'dispatched', 1, 'drainage', '{{}}', 'D', 'normal', 'ordinary', '{{}}',"
            " '{drainage}', 'sub-03', now(), now(), now(), 1, 1, '{}', '[]')"
            for name in names
        )
    )
    return {str(an_id(name)) for name in names}


@dataclass(slots=True)
class Viewer:
    """One stream over a socket of its own, so that a test decides who reads."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seen: dict[int, float] = field(default_factory=dict)
    """When each version of the case came."""
    last: str = ""
    reason: str = ""
    """Why the stream ended, where it said so."""

    def has_seen(self, version: int) -> bool:
        return version in self.seen

    async def watch(self) -> None:
        """Read until the stream ends."""
        async for line in self.reader:
            if line.startswith(b"event: "):
                self.last = line[7:].decode().strip()
            elif line.startswith(b"data: ") and self.last == "case":
                self.seen[json.loads(line[6:])["version"]] = time.monotonic()
            elif line.startswith(b"data: "):
                self.reason = json.loads(line[6:]).get("reason", "")
                if self.last == "resync":  # the connection stays open for another request
                    return


async def opened(board: Process, token: IssuedToken, buffer: int = 0) -> Viewer:
    """Subscribe and return after the greeting; `buffer` makes the reader's side as small as it can be."""
    door = socket.socket()
    if buffer:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    door.setblocking(False)
    await asyncio.get_running_loop().sock_connect(door, ("127.0.0.1", board.port))
    reader, writer = await asyncio.open_connection(sock=door, limit=buffer or 2**16)
    writer.write(
        f"GET /api/v1/board/feed HTTP/1.1\r\nHost: board\r\nAuthorization: Bearer {token.secret}\r\n\r\n".encode()
    )
    await reader.readuntil(b"event: hello\n")
    return Viewer(reader, writer)


Publish = Callable[[list[CaseProgressed]], Awaitable[None]]


@pytest.fixture
async def publish(kafka_server: Kafka) -> AsyncIterator[Publish]:
    async with AIOKafkaProducer(bootstrap_servers=kafka_server.address) as producer:

        async def send(events: list[CaseProgressed]) -> None:
            for event in events:
                value, headers = encode(event), headers_of(event)
                await producer.send(event.TYPE, value, key=key_of(event.key), headers=headers)
            await producer.flush()

        yield send


def memory_mib(board: Process) -> float:
    assert board.process is not None
    status = Path(f"/proc/{board.process.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


async def test_two_hundred_viewers_see_every_fact_and_the_end_comes_within_two_seconds(
    database: Database, kafka_server: Kafka, publish: Publish
) -> None:
    tokens = people_at(database, VIEWERS // OF_ONE_PERSON)
    case = f"watched-{database.name}"
    async with AsyncExitStack() as stack, running("board", "board_reader", database, kafka_server) as board:
        await board.ready()
        alone = memory_mib(board)
        viewers = [await opened(board, tokens[index % len(tokens)]) for index in range(VIEWERS)]
        watching = [asyncio.create_task(viewer.watch()) for viewer in viewers]
        for viewer in viewers:
            stack.callback(viewer.writer.close)

        sent = []
        for version in range(1, FACTS + 1):
            await publish([a_fact(name=case, version=version)])
            sent.append(time.monotonic())
        await eventually(lambda: all(len(viewer.seen) == FACTS for viewer in viewers), within_seconds=60)
        lags = sorted(viewer.seen[version] - at for version, at in enumerate(sent, 1) for viewer in viewers)
        watched = memory_mib(board)

        status, took = await asyncio.to_thread(board.end_timed)
        await asyncio.wait_for(asyncio.gather(*watching), 60)

    sys.stdout.write(
        f"\n{VIEWERS} viewers, {FACTS} facts: lag p50 {lags[len(lags) // 2] * 1000:.0f} ms,"
        f" p99 {lags[len(lags) * 99 // 100] * 1000:.0f} ms, most {lags[-1] * 1000:.0f} ms;"
        f" memory {alone:.0f} MiB alone, {watched:.0f} MiB watched; SIGTERM took {took:.2f} s\n"
    )
    assert status == 0
    assert {viewer.last for viewer in viewers} == {"bye"}
    assert took <= END_SECONDS_MAX


async def test_a_viewer_that_never_reads_is_let_go_and_comes_back_to_the_whole(
    database: Database, kafka_server: Kafka, publish: Publish
) -> None:
    (token,) = people_at(database, 1)
    case = f"flood-{database.name}"
    expected = cases_of_the_department(database, OPEN)
    async with running("board", "board_reader", database, kafka_server) as board:
        await board.ready()
        deaf = await opened(board, token, SMALLEST_BUFFER)
        quick = await opened(board, token)
        watching = asyncio.create_task(quick.watch())

        version = 0
        while DROPPED not in await asyncio.to_thread(board.get, "/metrics"):
            assert version < FLOOD_MAX
            version += 50
            await publish([a_fact(name=case, version=version - 50 + index) for index in range(1, 51)])
            await eventually(partial(quick.has_seen, version), within_seconds=60)
        assert len(quick.seen) == version, "who reads is not held up"

        again = await opened(board, token)
        headers = {"authorization": f"Bearer {token.secret}"}
        async with httpx2.AsyncClient(base_url=board.url, headers=headers, timeout=60) as client:
            snapshot = (await client.get("/api/v1/board/snapshot")).json()
            whole = (await client.get("/api/v1/board/cases")).json()
            recent = (await client.get("/api/v1/board/recent")).json()
        await asyncio.wait_for(deaf.watch(), 60)  # at last it reads what is left of its stream
        for viewer in (deaf, quick, again):
            viewer.writer.close()
        watching.cancel()

    sys.stdout.write(f"\na deaf viewer was let go after {version} facts\n")
    assert (deaf.last, deaf.reason) == ("resync", "too slow")
    assert len(deaf.seen) < version
    assert snapshot["counts"]["open"] == OPEN, "the picture is the database's, not the stream's"
    assert {row[whole["columns"].index("case_id")] for row in whole["rows"]} == expected
    assert recent[0]["version"] == version
