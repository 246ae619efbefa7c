"""Finishing a batch: what takes effect, what becomes a dead letter, what ends the process."""

from dataclasses import dataclass, field
from typing import ClassVar

import asyncpg
import msgspec
import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, CannotHandleError
from services.chassis.delivery.dead_letters import TooManyDeadLettersError
from services.chassis.delivery.finish import Finishing
from services.chassis.metrics import DeliveryMetrics
from services.chassis.outages import Outages
from tests.fakes.delivery import InMemoryCrashes, InMemoryDeadLetters, Record


class Said(msgspec.Struct, frozen=True):
    TYPE: ClassVar[str] = "said"

    text: str


@dataclass
class Effects:
    """A handler that takes a batch all or nothing; some texts make it fail."""

    errors: dict[str, Exception] = field(default_factory=dict)
    outages: int = 0
    seen: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)

    async def __call__(self, batch: Batch[Said]) -> None:
        self.calls.append(len(batch))
        if self.outages:
            self.outages -= 1
            raise asyncpg.CannotConnectNowError("starting up")
        for event in batch.events:
            if event.text in self.errors:
                raise self.errors[event.text]
        self.seen += [event.text for event in batch.events]


@dataclass
class Desk:
    """A Finishing with everything it needs."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    letters: InMemoryDeadLetters = field(default_factory=InMemoryDeadLetters)
    crashes: InMemoryCrashes = field(default_factory=InMemoryCrashes)

    def __post_init__(self) -> None:
        self.outages = Outages(self.registry, "probe")
        self.metrics = DeliveryMetrics.create(self.registry, "probe")

    def finishing(self) -> Finishing:
        """Return a new process's Finishing; rows are what survives."""
        return Finishing(self.letters, self.crashes, self.outages, self.metrics)

    async def finish(self, handle: Effects, *texts: str) -> None:
        await self.finishing().finish(records(*texts), Said, handle)


def records(*texts: str) -> list[Record]:
    return [Record(msgspec.json.encode({"text": text}), offset) for offset, text in enumerate(texts)]


async def test_a_good_batch_is_one_call() -> None:
    handle = Effects()

    await Desk().finish(handle, "a", "b", "c")

    assert handle.calls == [3]
    assert handle.seen == ["a", "b", "c"]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(CannotHandleError("no such item"), id="the-handler-says-so"),
        pytest.param(asyncpg.CheckViolationError("bad row"), id="a-constraint-says-so"),
        pytest.param(asyncpg.CharacterNotInRepertoireError("NUL"), id="a-value-cannot-be-stored"),
    ],
)
async def test_one_bad_event_is_found_by_halving_and_the_others_take_effect_in_order(error: Exception) -> None:
    desk, handle = Desk(), Effects({"bad": error})

    await desk.finish(handle, *"abcdefg", "bad", *"hijklmno")

    assert "".join(handle.seen) == "abcdefghijklmno"
    assert len(desk.letters.reasons) == 1
    assert len(handle.calls) <= 2 * 5


async def test_bytes_that_are_no_event_become_a_dead_letter_with_the_reason() -> None:
    desk, handle = Desk(), Effects()
    mixed = [Record(b"{", 0), Record(None, 1), Record(b'{"text":5}', 2), *records("a", "b", "c", "d")[3:]]

    await desk.finishing().finish(mixed, Said, handle)

    assert handle.seen == ["d"]
    assert len(desk.letters.reasons) == 3
    assert "tombstone" in desk.letters.reasons[1]


async def test_an_outage_is_waited_out_and_shown() -> None:
    desk, handle = Desk(), Effects(outages=2)

    await desk.finish(handle, "a")

    assert handle.calls == [1, 1, 1]
    assert handle.seen == ["a"]
    assert desk.outages.names == ()
    assert desk.registry.get_sample_value("whistle_probe_outage", {"name": "postgres"}) == 0


async def test_anything_unexpected_is_raised_and_counted_against_the_batch() -> None:
    desk = Desk()

    with pytest.raises(ZeroDivisionError):
        await desk.finish(Effects({"b": ZeroDivisionError()}), "a", "b")

    assert desk.crashes.counts == {"said/0/0": 1, "said/0/1": 1}


async def test_after_a_crash_the_batch_is_run_one_by_one_and_only_the_culprit_stays_suspect() -> None:
    desk, handle = Desk(), Effects({"b": ZeroDivisionError()})
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await desk.finish(handle, "a", "b", "c")

    assert handle.calls == [3, 1, 1]
    assert desk.crashes.counts == {"said/0/1": 2, "said/0/2": 1}


async def test_after_the_third_crash_the_message_is_a_dead_letter_and_forgotten() -> None:
    desk, handle = Desk(), Effects({"b": ZeroDivisionError()})
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await desk.finish(handle, "a", "b", "c")

    await desk.finish(handle, "a", "b", "c")

    assert desk.letters.reasons == ["ended the process 3 times"]
    assert handle.seen[-2:] == ["a", "c"]
    assert desk.crashes.counts == {}


async def test_an_event_id_names_the_message_wherever_it_lies() -> None:
    desk = Desk()
    moved = Record(b'{"text":"x"}', 77, headers=(("ce_id", b"0190"),))

    with pytest.raises(ZeroDivisionError):
        await desk.finishing().finish([moved], Said, Effects({"x": ZeroDivisionError()}))

    assert desk.crashes.counts == {"0190": 1}


async def test_twenty_dead_letters_in_a_row_are_bad_data_and_one_more_is_a_bad_deploy() -> None:
    desk, handle = Desk(), Effects({f"bad{n}": CannotHandleError("no") for n in range(21)})
    await desk.finish(handle, *[f"bad{n}" for n in range(20)])

    with pytest.raises(TooManyDeadLettersError):
        await desk.finish(handle, *[f"bad{n}" for n in range(21)])

    assert desk.crashes.counts == {}


async def test_one_in_a_hundred_never_stops_a_worker() -> None:
    desk = Desk()
    handle = Effects({"bad": CannotHandleError("no")})
    finishing = desk.finishing()

    for _ in range(60):
        await finishing.finish(records(*"a" * 99, "bad"), Said, handle)

    assert len(handle.seen) == 60 * 99


async def test_more_than_twenty_in_the_last_hundred_stop_a_worker() -> None:
    finishing, handle = Desk().finishing(), Effects({"bad": CannotHandleError("no")})
    for _ in range(20):
        await finishing.finish(records("a", "a", "bad"), Said, handle)

    with pytest.raises(TooManyDeadLettersError):
        await finishing.finish(records("a", "a", "bad"), Said, handle)


async def test_what_somebody_has_decided_about_stops_no_worker() -> None:
    desk = Desk()
    handle = Effects({f"bad{n}": CannotHandleError("no") for n in range(30)})
    bad = records(*[f"bad{n}" for n in range(30)])
    desk.letters.decided = {(r.topic, r.partition, r.offset, r.value or b"") for r in bad}

    await desk.finishing().finish(bad, Said, handle)

    assert handle.seen == []
