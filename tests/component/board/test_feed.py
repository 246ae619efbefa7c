"""The feed: nobody misses a delta, nobody sees another's, nobody holds up the rest."""

import asyncio
import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from services.board.domain.movement import Movement
from services.board.domain.viewing import Scope, Viewer
from services.board.feed import BYE, FRAMES_MAX, RESYNC, Hub, HubFullError, TooManyOfPersonError, Watching
from services.board.handlers import MoveTheBoard
from services.board.metrics import BoardMetrics
from services.board.streaming import EventStream
from services.board.tickets import Tickets
from services.chassis.delivery.batch import Batch, Delivered
from services.chassis.delivery.kafka_pump import Pace
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed
from tests.builders import an_id
from tests.unit.notify.facts import a_fact
from tests.waiting import eventually


@pytest.fixture
def hub() -> Hub:
    return Hub(BoardMetrics.create(CollectorRegistry()))


def a_viewer(*units: str, name: str = "person") -> Viewer:
    return Viewer(an_id(name), b"x" * 32, Scope(frozenset(units or ("drainage",))))


def moved(**changes: Any) -> Movement:
    return decode(encode(a_fact(**changes)), Movement)


async def events_of(watching: Watching) -> list[tuple[str, dict[str, Any]]]:
    """Return what waits as (event, data)."""
    told = (await watching.next(0.01) or b"").decode()
    events = []
    for block in told.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            events.append((lines["event"], json.loads(lines["data"])))
    return events


async def test_who_subscribes_first_and_then_asks_misses_nothing(hub: Hub) -> None:
    watching = hub.join(a_viewer())

    hub.show([moved(version=1), moved(version=2)])  # while the snapshot is being read

    events = await events_of(watching)
    assert [event for event, _ in events] == ["hello", "case", "case"]
    assert [data["version"] for event, data in events if event == "case"] == [1, 2]


async def test_each_viewer_sees_their_own_cases_only(hub: Hub) -> None:
    mine, theirs, whole = (
        hub.join(a_viewer(unit, name=unit)) for unit in ("drainage", "water_company", "district_command_center")
    )

    hub.show([moved(), moved(lane="stability", version=2), moved(barred_units=("drainage",), version=3)])

    assert [data.get("version") for _, data in await events_of(mine)] == [None, 1]
    assert [event for event, _ in await events_of(theirs)] == ["hello"]
    assert [data.get("version") for _, data in await events_of(whole)] == [None, 1, 3]


async def test_a_whole_batch_of_facts_lets_nobody_go(hub: Hub) -> None:
    watching = hub.join(a_viewer())

    hub.show([moved(version=version) for version in range(1, Pace().batch_max + 1)])

    assert len(await events_of(watching)) == 1 + Pace().batch_max


async def test_a_slow_viewer_is_told_to_begin_again_and_let_go(hub: Hub) -> None:
    slow, quick = hub.join(a_viewer(name="slow")), hub.join(a_viewer(name="quick"))

    for version in range(1, FRAMES_MAX + 2):
        hub.show([moved(version=version)])
        await quick.next(0.01)

    assert await slow.next(0.01) == RESYNC
    assert await slow.next(0.01) is None
    assert hub.viewers == 1


async def test_one_person_has_at_most_five_streams(hub: Hub) -> None:
    streams = [hub.join(a_viewer()) for _ in range(5)]

    with pytest.raises(TooManyOfPersonError):
        hub.join(a_viewer())
    hub.leave(streams[0])
    hub.leave(streams[0])  # twice is once
    hub.join(a_viewer())
    hub.join(a_viewer(name="another"))


async def test_a_process_serves_at_most_five_hundred_streams(hub: Hub) -> None:
    for number in range(500):
        hub.join(Viewer(UUID(int=number), b"", Scope(frozenset({"drainage"}))))

    with pytest.raises(HubFullError):
        hub.join(a_viewer())


async def test_closing_says_goodbye_and_opens_nothing_more(hub: Hub) -> None:
    watching = hub.join(a_viewer())

    await hub.close()

    assert await watching.next(0.01) == BYE
    assert await watching.next(0.01) is None
    with pytest.raises(HubFullError):
        hub.join(a_viewer())


async def test_facts_nobody_watches_are_not_even_read(hub: Hub) -> None:
    move = MoveTheBoard(hub=hub, metrics=BoardMetrics.create(CollectorRegistry()))

    await move(Batch([Delivered(b"not an event", None)]))


async def test_facts_move_the_board_while_somebody_watches(hub: Hub) -> None:
    move = MoveTheBoard(hub=hub, metrics=BoardMetrics.create(CollectorRegistry()))
    watching = hub.join(a_viewer())

    await move(Batch([Delivered(value_of(a_fact()), None)]))

    assert [event for event, _ in await events_of(watching)] == ["hello", "case"]


def value_of(event: CaseProgressed) -> bytes:
    return encode(event)


@dataclass
class Connection:
    """The ASGI side of one reader."""

    sent: list[bytes] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    blocked: bool = False

    async def receive(self) -> MutableMapping[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if self.blocked and message["type"] == "http.response.body":
            await asyncio.Event().wait()
        self.sent.append(message.get("body", b""))

    @property
    def text(self) -> str:
        return b"".join(self.sent).decode()


async def test_a_stream_ends_when_its_reader_goes(hub: Hub) -> None:
    connection = Connection()
    stream = asyncio.create_task(serve(hub, connection))
    await eventually(lambda: "hello" in connection.text, within_seconds=20)

    connection.gone.set()
    await asyncio.wait_for(stream, 20)

    assert hub.viewers == 0


async def test_a_reader_that_never_reads_is_cut(hub: Hub) -> None:
    await asyncio.wait_for(serve(hub, Connection(blocked=True), send_seconds_max=0.05), 20)

    assert hub.viewers == 0


async def test_who_may_no_longer_watch_is_let_go_at_the_next_keep_alive(hub: Hub) -> None:
    async def no_longer(_: Viewer) -> bool:
        return False

    await asyncio.wait_for(serve(hub, Connection(), still_watching=no_longer, keep_alive_seconds=0.05), 20)

    assert hub.viewers == 0


async def test_the_hubs_end_ends_every_stream_at_once(hub: Hub) -> None:
    connection = Connection()
    stream = asyncio.create_task(serve(hub, connection))
    await eventually(lambda: "hello" in connection.text, within_seconds=20)

    await hub.close()
    await asyncio.wait_for(stream, 20)

    assert connection.text.endswith("event: bye\ndata: {}\n\n")


async def still(_: Viewer) -> bool:
    return True


async def serve(hub: Hub, connection: Connection, still_watching: Any = still, **limits: float) -> None:
    stream = EventStream(hub, hub.join(a_viewer()), still_watching, **limits)
    await stream({}, connection.receive, connection.send)


def test_a_ticket_opens_one_stream_within_thirty_seconds() -> None:
    clock = [0.0]
    tickets = Tickets(lambda: clock[0])
    used, late = tickets.issue(b"mine"), tickets.issue(b"mine")

    assert tickets.redeem(used) == b"mine"
    assert tickets.redeem(used) is None
    assert tickets.redeem("made up") is None
    clock[0] = 31.0
    assert tickets.redeem(late) is None
