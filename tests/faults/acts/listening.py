"""Those who listen: receivers of messages, good and bad ones, and people who watch the board."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from typing import Final, cast
from uuid import UUID

import httpx2
import msgspec

from services.chassis.postgres import Pool
from services.chassis.sealing import keys_in
from services.ledger.domain.state import CENTER
from services.notify.channels.egress import Egress
from services.notify.store.subscribing import Subscribing
from tests.faults.ground import Ground
from tests.faults.schedule import Fault
from tests.wire.notify.receiver import Receiver, answering, receiving

NETWORK: Final = "127.0.0.0/8"
BUSIEST: Final = "select lead from ledger.cases group by lead order by count(*) desc, lead limit 4"
AGAIN_SECONDS: Final = 0.3
ANSWERS: Final = {"good": 204, "wrong": 500, "silent": 204}


@asynccontextmanager
async def receivers(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Subscribe a receiver of each kind in `how.kinds` for the busiest departments; they live until the end."""
    for kind in fault.how["kinds"]:
        receiver = await ground.stack.enter_async_context(receiving())
        receiver.answer = _Fatal(ground) if kind == "fatal" else partial(_answer, kind)
        receiver.hold = asyncio.Event() if kind == "silent" else None
        subscribed = await _subscribe(ground, f"http://127.0.0.1:{receiver.port}/{kind}")
        ground.seen[kind] = (receiver, subscribed)
        ground.stack.push_async_callback(_disable, ground, subscribed)
    yield


def _answer(kind: str, _: int) -> bytes:
    return answering(ANSWERS[kind])


@dataclass(slots=True)
class _Fatal:
    """Answers well, and kills notify before it can write that down: at every fifteenth message, three times."""

    ground: Ground
    kills: int = 0

    def __call__(self, nth: int) -> bytes:
        if nth % 15 == 0 and self.kills < 3:
            self.kills += 1
            asyncio.get_running_loop().call_later(0.002, self._kill)
        return answering(204)

    def _kill(self) -> None:
        with suppress(KeyError, ProcessLookupError):
            os.kill(self.ground.pid("notify"), signal.SIGKILL)


async def _subscribe(ground: Ground, url: str) -> list[UUID]:
    keys = keys_in((ground.system.state.secrets / "vault_keys").read_bytes())
    async with ground.superuser() as connection, Egress((ip_network(NETWORK),)) as egress:
        subscribing = Subscribing(cast("Pool", connection), keys, egress.check)
        units = [row["lead"] for row in await connection.fetch(BUSIEST)] or ["sanitation"]
        return [(await subscribing.subscribe(unit=unit, to=url)).subscription_id for unit in units]


async def _disable(ground: Ground, subscribed: list[UUID]) -> None:
    for subscription in subscribed:
        await ground.ask("select notify.disable($1)", subscription)


def times_heard(receiver: Receiver) -> Counter[str]:
    """Return how often each message came."""
    return Counter(received.headers["webhook-id"] for received in receiver.received)


@dataclass(slots=True)
class Watcher:
    """Somebody at the board: reads the snapshot after each hello, then applies what comes."""

    url: str
    token: str
    unit: str
    versions: dict[str, int] = field(default_factory=dict)
    hellos: int = 0

    async def watch(self) -> None:
        """Watch until cancelled, and begin again when the stream ends."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx2.AsyncClient(timeout=httpx2.Timeout(20.0), trust_env=False, headers=headers) as http:
            while True:
                with suppress(httpx2.HTTPError, OSError):
                    await self._follow(http)
                await asyncio.sleep(AGAIN_SECONDS)

    async def _follow(self, http: httpx2.AsyncClient) -> None:
        async with http.stream("GET", f"{self.url}/api/v1/board/feed") as feed:
            feed.raise_for_status()
            event = ""
            async for line in feed.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    await self._take(http, event, value)

    async def _take(self, http: httpx2.AsyncClient, event: str, data: str) -> None:
        if event == "hello":
            self.hellos += 1
            answer = await http.get(f"{self.url}/api/v1/board/cases")
            told = msgspec.json.decode(answer.raise_for_status().content)
            where, version = told["columns"].index("case_id"), told["columns"].index("version")
            for row in told["rows"]:
                self._note(row[where], row[version])
        elif event == "case":
            told = msgspec.json.decode(data)
            self._note(told["case_id"], told["version"])

    def _note(self, case: str, version: int) -> None:
        self.versions[case] = max(version, self.versions.get(case, 0))


@asynccontextmanager
async def watchers(ground: Ground, fault: Fault) -> AsyncIterator[None]:
    """Let people of the center and of `how.units` watch the board until the end."""
    people = await ground.people()
    units = [CENTER, CENTER, *fault.how["units"]]
    watching = [
        Watcher(url=ground.system.url("board"), token=people.works_in(unit, turn), unit=unit)
        for turn, unit in enumerate(units)
    ]
    ground.seen["watching"] = watching
    tasks = [asyncio.create_task(one.watch()) for one in watching]
    ground.stack.push_async_callback(_end, tasks)
    yield


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
