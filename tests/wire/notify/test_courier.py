"""Messages delivered for real: PostgreSQL as role notify, a loopback receiver, the reference library verifying."""

import asyncio

import asyncpg
import pytest
from standardwebhooks.webhooks import Webhook

from services.chassis.postgres import postgres_pool
from services.chassis.settings import PostgresSettings
from services.notify.channels.destinations import RefusedDestinationError
from services.notify.store.subscribing import UnknownEventError
from tests.waiting import eventually
from tests.wire.notify.office import Office
from tests.wire.notify.receiver import Receiver, answering, receiving

pytestmark = pytest.mark.postgres


async def test_a_message_arrives_signed_for_the_reference_library(office: Office, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    subscribed = await office.subscribing.subscribe(unit="drainage", to=url)

    (message,) = await office.write(1, subscribed.subscription_id, f"127.0.0.1:{receiver.port}")
    await eventually(lambda: office.states() == ["sent"], within_seconds=60)

    (received,) = receiver.received
    assert Webhook(subscribed.secret or "").verify(received.body, received.headers)["type"] == "case.opened"
    assert received.headers["webhook-id"] == str(message.message_id)


async def test_while_a_secret_is_replaced_both_verify(office: Office, receiver: Receiver) -> None:
    subscribed = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")
    replaced = await office.subscribing.replace_secret(subscribed.subscription_id)

    await office.write(1, subscribed.subscription_id, f"127.0.0.1:{receiver.port}")
    await eventually(lambda: receiver.received, within_seconds=60)

    (received,) = receiver.received
    assert replaced is not None
    for secret in (subscribed.secret or "", replaced):
        Webhook(secret).verify(received.body, received.headers)


async def test_a_refused_message_waits_a_minute_and_keeps_its_id(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda count: answering(500 if count == 1 else 200)
    began = office.clock()
    subscribed = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")

    await office.write(1, subscribed.subscription_id, f"127.0.0.1:{receiver.port}")
    await eventually(lambda: office.states() == ["failed"], within_seconds=60)
    waits = office.database.run_sql(
        f"select next_at - interval '1 minute' between '{began}' and clock_timestamp(), last_error from notify.messages"
    )
    office.database.run_sql("update notify.messages set next_at = clock_timestamp()")
    office.courier.wake()
    await eventually(lambda: office.states() == ["sent"], within_seconds=60)

    assert waits == "t|answered 500"
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 1


async def test_after_the_last_retry_a_message_is_dead_and_says_why(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: answering(503)
    subscribed = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")

    await office.write(1, subscribed.subscription_id, f"127.0.0.1:{receiver.port}")
    for attempt in range(1, 7):
        await eventually(lambda n=attempt: len(receiver.received) == n and office.told_why(), within_seconds=60)
        office.database.run_sql(
            "update notify.messages set next_at = clock_timestamp(), last_error = null where state = 'failed'"
        )
        office.courier.wake()

    await eventually(lambda: office.states() == ["dead"], within_seconds=60)
    (listed,) = await office.subscribing.list()
    assert (listed.dead, listed.waiting) == (1, 0)
    assert office.database.run_sql("select last_error, attempts from notify.messages") == "answered 503|6"


async def test_a_slow_receiver_gets_two_at_once_and_holds_up_nobody(office: Office, receiver: Receiver) -> None:
    receiver.hold = asyncio.Event()
    slow = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")
    async with receiving() as quick:
        other = await office.subscribing.subscribe(unit="sanitation", to=f"http://127.0.0.1:{quick.port}/")
        await office.write(6, slow.subscription_id, f"127.0.0.1:{receiver.port}")
        await office.write(6, other.subscription_id, f"127.0.0.1:{quick.port}")

        await eventually(lambda: len(quick.received) == 6 and receiver.at_once >= 2, within_seconds=60)

    assert receiver.at_once_max == 2
    receiver.hold.set()


async def test_a_disabled_subscription_gets_nothing_more(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: answering(500)
    subscribed = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")
    await office.write(1, subscribed.subscription_id, f"127.0.0.1:{receiver.port}")
    await eventually(lambda: office.states() == ["failed"], within_seconds=60)

    assert await office.subscribing.disable(subscribed.subscription_id)

    assert office.states() == ["dead"]
    assert not await office.subscribing.disable(subscribed.subscription_id)


async def test_a_secret_is_never_read_back(office: Office, receiver: Receiver) -> None:
    subscribed = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")

    (listed,) = await office.subscribing.list()

    assert subscribed.secret is not None
    assert listed.secret_tail == subscribed.secret[-4:]
    dump = office.database.run_sql("select s::text from notify.subscriptions s")
    assert subscribed.secret.removeprefix("whsec_") not in dump
    async with postgres_pool(PostgresSettings(dsn=office.database.dsn("operator"), password=None)) as operators:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await operators.fetch("select secret from notify.subscriptions")


@pytest.mark.parametrize("url", ["https://localhost:70000/", "https://10.0.0.1/", "file:///etc/passwd", "https://a@b/"])
async def test_a_dangerous_url_cannot_be_registered(office: Office, url: str) -> None:
    with pytest.raises(RefusedDestinationError):
        await office.subscribing.subscribe(unit="drainage", to=url)


async def test_an_unknown_event_cannot_be_subscribed_to(office: Office) -> None:
    with pytest.raises(UnknownEventError, match="opend"):
        await office.subscribing.subscribe(unit="drainage", to="https://8.8.8.8/", events=["opend"])
