"""What every book of messages promises: the one in memory, and the one in PostgreSQL as role notify."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.postgres import postgres_pool
from services.chassis.settings import PostgresSettings
from services.notify.ports import Book, FactKey, Message
from services.notify.store.book import PostgresBook
from tests.builders import an_id
from tests.contract.notify.books import InMemoryBook

MINUTE = timedelta(minutes=1)
HOOK = "hook.example:443"
SUBSCRIBER = an_id("subscription")


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[Book]:
    if request.param == "memory":
        yield InMemoryBook()
        return
    database: Any = request.getfixturevalue("database")
    async with postgres_pool(PostgresSettings(dsn=database.dsn("notify"), password=None)) as pool:
        yield PostgresBook(pool)


def a_key(name: str = "case", version: int = 1) -> FactKey:
    return FactKey(an_id(name), version)


def a_message(name: str = "case", subscriber: str = "subscription", destination: str = HOOK) -> Message:
    return Message(
        fact=a_key(name),
        subscription_id=an_id(subscriber),
        message_id=an_id(f"{name}/{subscriber}"),
        destination=destination,
        body=b'{"type":"case.opened"}',
    )


async def test_a_fact_that_tells_nobody_is_written_once(book: Book) -> None:
    first = await book.record_once([a_key(), a_key(version=2)], [])
    again = await book.record_once([a_key(), a_key(version=3)], [])

    assert (first.facts, again.facts) == (2, 1)
    assert await book.take({HOOK: 5}, MINUTE) == []


async def test_a_redelivered_message_is_written_once(book: Book) -> None:
    first = await book.record_once([a_key("other")], [a_message(), a_message(subscriber="second")])
    again = await book.record_once([a_key("other")], [a_message(), a_message(subscriber="second")])

    assert (first.facts, first.messages) == (1, 2)
    assert (again.facts, again.messages) == (0, 0)
    assert len(await book.take({HOOK: 5}, MINUTE)) == 2


async def test_a_taken_message_is_leased(book: Book) -> None:
    await book.record_once([], [a_message()])

    (taken,) = await book.take({HOOK: 1}, MINUTE)

    assert (taken.recipient, taken.attempts, taken.body) == (str(SUBSCRIBER), 1, b'{"type":"case.opened"}')
    assert taken.message_id == an_id("case/subscription")
    assert await book.take({HOOK: 1}, MINUTE) == []


async def test_a_lease_that_ends_makes_the_message_due_again(book: Book) -> None:
    await book.record_once([], [a_message()])
    await book.take({HOOK: 1}, timedelta(0))

    (again,) = await book.take({HOOK: 1}, MINUTE)

    assert again.attempts == 2


async def test_each_destination_gives_no_more_than_its_room(book: Book) -> None:
    slow = [a_message(f"slow-{number}", destination="slow.example:443") for number in range(4)]
    await book.record_once([], [*slow, a_message("quick")])

    taken = await book.take({"slow.example:443": 2, HOOK: 2}, MINUTE)

    assert sorted(message.destination for message in taken) == [HOOK, "slow.example:443", "slow.example:443"]


async def test_a_sent_message_is_never_due_again(book: Book) -> None:
    await book.record_once([], [a_message()])
    (taken,) = await book.take({HOOK: 1}, timedelta(0))

    await book.sent(taken)
    await book.failed(taken, "too late", timedelta(0))

    assert await book.take({HOOK: 1}, MINUTE) == []


async def test_a_failed_message_waits_for_its_pause(book: Book) -> None:
    await book.record_once([], [a_message(), a_message("later")])
    first, second = await book.take({HOOK: 2}, MINUTE)

    await book.failed(first, "answered 500", timedelta(0))
    await book.failed(second, "answered 500", timedelta(hours=1))

    assert [message.fact for message in await book.take({HOOK: 2}, MINUTE)] == [first.fact]


async def test_a_dead_message_is_never_due_again(book: Book) -> None:
    await book.record_once([], [a_message()])
    (taken,) = await book.take({HOOK: 1}, timedelta(0))

    await book.failed(taken, "answered 410", None)

    assert await book.take({HOOK: 1}, MINUTE) == []


async def test_an_attempt_that_the_provider_postponed_does_not_count(book: Book) -> None:
    await book.record_once([], [a_message()])
    (taken,) = await book.take({HOOK: 1}, MINUTE)

    for _ in range(2):  # noting it again changes nothing
        await book.postponed(taken, "too many in a minute", timedelta(0))

    (again,) = await book.take({HOOK: 1}, MINUTE)
    assert (again.attempts, again.postponed) == (1, 1)
