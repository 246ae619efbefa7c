"""S3-07: inject burst of 30 similar cases -> alert in the next window, none for the noise."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from services.appraisal.store import bursting
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story
from tests.unit.notify.facts import OPENED
from tests.wire.appraisal.room import ZONE, Room, a_room

pytestmark = pytest.mark.postgres

NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        room.at(NOON)
        yield room


def minute(number: float) -> datetime:
    return NOON - timedelta(minutes=60) + timedelta(minutes=number)


def a_case(name: str, at: datetime, subdistrict: str = "sub-01", item: str = "0203", lane: str = "ordinary") -> Story:
    return Story(name, at, at + timedelta(days=2), subdistrict=subdistrict, changes={"item": item, "lane": lane})


def noise() -> list[Story]:
    """A busy hour: 300 cases of ten items in three places, ten of a kind at most."""
    return [
        a_case(f"noise {number}", minute(number / 5), f"sub-0{number % 3 + 1}", f"01{number // 3 % 10:02}")
        for number in range(300)
    ]


def burst(count: int = 30, **changes: str) -> list[Story]:
    return [a_case(f"burst {number} {changes}", minute(number * 2), **changes) for number in range(count)]


async def test_thirty_similar_cases_of_an_hour_raise_one_alert_and_the_noise_none(room: Room) -> None:
    await room.keep(noise())
    await room.compiler.tick()
    assert room.notices("burst") == []

    await room.keep(burst())
    for _ in range(3):
        await room.another_process().tick()

    (alert,) = room.notices("burst")
    assert set(alert.units) == {"district_command_center", "sub-01", "drainage"}
    assert (alert.facts["item"], alert.facts["place"], alert.facts["cases"]) == ("0203", "com-of-sub-01", 30)


async def test_one_person_who_says_the_same_thirty_times_is_no_burst(room: Room) -> None:
    again = msgspec.structs.replace(OPENED, repeats=an_id("burst 0"))
    cases = [a_case(f"again {number}", minute(number * 2)) for number in range(30)]
    for case in cases:
        case.events[:] = [msgspec.structs.replace(event, what=again) for event in case.events]

    await room.keep(cases)
    await room.compiler.tick()

    assert room.notices("burst") == []


async def test_a_flood_of_several_bursts_raises_one_alert_for_each(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """However a day's openings are cut on their way here."""
    monkeypatch.setattr(bursting, "READ_AT_ONCE", 7)
    bursts = [burst(item=item, subdistrict=street) for item in ("0203", "0301") for street in ("sub-01", "sub-02")]
    await room.keep([case for together in zip(*bursts, strict=True) for case in together])

    await room.compiler.tick()

    alerts = room.notices("burst")
    assert [alert.facts["cases"] for alert in alerts] == [30] * len(bursts)
    assert len({(alert.facts["item"], alert.facts["place"]) for alert in alerts}) == len(bursts)


async def test_a_burst_that_goes_on_is_the_same_also_after_a_restart(room: Room) -> None:
    await room.keep(burst())
    await room.compiler.tick()
    room.at(NOON + timedelta(minutes=50))
    await room.keep([a_case(f"more {number}", NOON + timedelta(minutes=number)) for number in range(45)])

    await room.another_process().tick()

    assert len(room.notices("burst")) == 1


async def test_another_place_is_another_burst_and_twenty_nine_are_none(room: Room) -> None:
    await room.keep([*burst(), *burst(subdistrict="sub-02"), *burst(29, subdistrict="sub-03")])

    await room.compiler.tick()

    assert {alert.facts["place"] for alert in room.notices("burst")} == {"com-of-sub-01", "com-of-sub-02"}


async def test_nobody_is_told_where_sensitive_matters_gather(room: Room) -> None:
    await room.keep(burst(lane="petition"))

    await room.compiler.tick()

    assert room.notices("burst") == []
