"""The cache's one rule: a report is decided by a copy read no earlier than 3 s before it was accepted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from services.reference.versions.cache import COMPILED_MAX, ReferenceCache
from services.reference.versions.content import CannotReadVersionError, content_of, version_of
from services.reference.versions.published import NothingPublishedError, Reading, Stretch
from tests.unit.reference.town import MORNING, a_version, rule

SECOND = timedelta(seconds=1)


@dataclass
class Archive:
    """Versions in memory, with a clock the test sets."""

    now: datetime = MORNING
    published: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    readings: int = 0

    def publish(self, number: int, active_from: datetime) -> None:
        self.published[number] = content_of(a_version(rule(f"of-{number}", keywords=("词",), item="0203"))), active_from

    async def read(self) -> Reading:
        self.readings += 1
        stretches = sorted((Stretch(number, begins) for number, (_, begins) in self.published.items()), key=_when)
        return Reading(self.now, tuple(stretches))

    async def content(self, number: int) -> tuple[bytes, datetime]:
        if number not in self.published:
            raise NothingPublishedError(f"no version {number}")
        return self.published[number]


def _when(stretch: Stretch) -> tuple[datetime, int]:
    return stretch.active_from, stretch.version


@pytest.fixture
def archive() -> Archive:
    archive = Archive()
    archive.publish(1, MORNING - timedelta(days=1))
    return archive


async def test_a_copy_three_seconds_old_is_used(archive: Archive) -> None:
    cache = ReferenceCache(archive)
    await cache.refresh()

    await cache.at(MORNING + 3 * SECOND)

    assert archive.readings == 1


async def test_an_older_copy_is_read_again_before_it_decides(archive: Archive) -> None:
    cache = ReferenceCache(archive)
    await cache.refresh()
    archive.publish(2, MORNING + 3.5 * SECOND)
    archive.now = MORNING + 4 * SECOND

    decided_by = await cache.at(MORNING + 3.6 * SECOND)

    assert (decided_by.number, archive.readings) == (2, 2)


async def test_a_report_is_decided_by_the_version_of_its_own_instant(archive: Archive) -> None:
    archive.publish(2, MORNING + SECOND)
    cache = ReferenceCache(archive)
    await cache.refresh()

    numbers = [(await cache.at(MORNING + seconds * SECOND)).number for seconds in (0, 1, 2, -200_000)]

    assert numbers == [1, 2, 2, 1]


async def test_of_two_versions_from_the_same_instant_the_later_publication_holds(archive: Archive) -> None:
    archive.publish(2, MORNING)
    archive.publish(3, MORNING)

    assert (await ReferenceCache(archive).at(MORNING)).number == 3


async def test_nothing_published_is_said_and_looked_for_again() -> None:
    archive = Archive()
    cache = ReferenceCache(archive)

    with pytest.raises(NothingPublishedError):
        await cache.at(MORNING)
    assert await cache.check() is not None
    archive.publish(1, MORNING)

    assert (await cache.at(MORNING)).number == 1
    assert await cache.check() is None


async def test_a_version_that_is_asked_for_by_number_need_not_be_in_force(archive: Archive) -> None:
    archive.publish(2, MORNING + timedelta(days=9))

    assert (await ReferenceCache(archive).version(2)).number == 2


async def test_old_versions_make_room_but_never_the_one_in_force(archive: Archive) -> None:
    for number in range(2, 2 * COMPILED_MAX):
        archive.publish(number, MORNING + timedelta(days=number))
    cache = ReferenceCache(archive)
    await cache.refresh()

    for number in archive.published:
        await cache.version(number)

    assert cache.latest().number == 1


def test_the_same_decisions_give_the_same_bytes_whatever_their_number() -> None:
    once, again = a_version(number=1), a_version(number=2, active_from=MORNING)

    assert content_of(once) == content_of(again)
    assert version_of(content_of(once), 7, once.active_from) == a_version(number=7)


@pytest.mark.parametrize("content", [b"", b"nonsense", content_of(a_version())[:-20]])
def test_bytes_that_are_no_version_are_refused(content: bytes) -> None:
    with pytest.raises(CannotReadVersionError):
        version_of(content, 1, None)
