"""Other channels than webhooks in the book: pace, delays, what is final, what is sealed, test, replay."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.notify.domain.retries import POSTPONED_MAX
from services.notify.domain.targets import WrongTargetError
from tests.builders import MONDAY_NOON
from tests.waiting import eventually
from tests.wire.notify.office import Office
from tests.wire.notify.receiver import Receiver, answering

pytestmark = pytest.mark.postgres

KEY = "693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa"
TAKEN = answering(200, body=b'{"errcode":0}')
TOO_MANY = answering(200, body=b'{"errcode":45009}')


def robot(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.port}/cgi-bin/webhook/send?key={KEY}"


async def test_a_robot_gets_20_a_minute_and_the_rest_waits_undiminished(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: TAKEN
    made = await office.subscribing.subscribe(unit="drainage", to=robot(receiver), channel="wecom")

    await office.write(25, made.subscription_id, office.destination(made.subscription_id))
    await eventually(lambda: office.states().count("sent") == 20, within_seconds=60)

    assert len(receiver.received) == 20
    assert office.database.run_sql("select max(attempts) from notify.messages where state = 'pending'") == "0"


async def test_too_many_in_a_minute_closes_the_robot_and_uses_up_no_attempt(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: TOO_MANY
    made = await office.subscribing.subscribe(unit="drainage", to=robot(receiver), channel="wecom")
    began = office.clock()

    await office.write(12, made.subscription_id, office.destination(made.subscription_id))
    await eventually(lambda: office.states() == ["failed"] * 12, within_seconds=60)

    assert len(receiver.received) <= 2, "those under way; the others were not even sent"
    waits = f"next_at - interval '1 minute' between '{began}' and clock_timestamp()"
    assert office.database.run_sql(f"select distinct attempts, postponed, {waits} from notify.messages") == "0|1|t"


async def test_a_provider_that_always_asks_to_wait_is_given_up_in_the_end(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: TOO_MANY
    made = await office.subscribing.subscribe(unit="drainage", to=robot(receiver), channel="wecom")
    destination = office.destination(made.subscription_id)
    office.database.run_sql(
        "insert into notify.messages (case_id, version, recipient, state, attempts, postponed, message_id, destination,"
        f" next_at, body) select gen_random_uuid(), 1, '{made.subscription_id}', 'failed', 5, {POSTPONED_MAX},"
        f' gen_random_uuid(), \'{destination}\', clock_timestamp(), \'{{"type":"test","data":{{}}}}\''
    )
    office.courier.wake()

    await eventually(lambda: office.states() == ["dead"], within_seconds=60)


async def test_a_robot_that_is_gone_makes_the_message_dead_at_once_with_the_reason(
    office: Office, receiver: Receiver
) -> None:
    receiver.answer = lambda _: answering(200, body=b'{"errcode":93000}')
    made = await office.subscribing.subscribe(unit="drainage", to=robot(receiver), channel="wecom")

    await office.write(1, made.subscription_id, office.destination(made.subscription_id))
    await eventually(lambda: office.states() == ["dead"], within_seconds=60)

    told = office.database.run_sql("select last_error, attempts from notify.messages")
    assert told == "WeCom answered 93000: no robot has this key|1"
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("channel", "to", "shown", "hidden"),
    [
        ("sms", "+86 138 1234 5678", "138****5678", "13812345678"),
        ("mail", "zhang.wei@drainage.example", "z***@drainage.example", "zhang"),
        ("dingtalk", "https://8.8.8.8/robot/send?access_token=zq0012345", "https://8.8.8.8/robot/send?…2345", "zq00"),
    ],
)  # fmt: skip
async def test_numbers_addresses_and_keys_are_sealed(
    office: Office, channel: str, to: str, shown: str, hidden: str
) -> None:
    made = await office.subscribing.subscribe(unit="drainage", to=to, channel=channel)  # type: ignore[arg-type]

    (listed,) = await office.subscribing.list()
    assert (listed.url, made.secret) == (shown, None)
    assert hidden not in office.database.run_sql("select s::text from notify.subscriptions s")
    target = await office.subscriptions.target(str(made.subscription_id))
    assert hidden in str(target)


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("sms", "12345"),
        ("sms", "13812345678\n13812345679"),
        ("mail", "a@b"),
        ("mail", "a@b.example\r\nBcc: c@d.example"),
        ("wecom", "https://8.8.8.8/elsewhere?key=0123456789"),
        ("wecom", "https://8.8.8.8/cgi-bin/webhook/send"),
        ("dingtalk", "https://8.8.8.8/robot/send?access_token=0123456789&more=1"),
    ],
)
async def test_what_is_no_address_of_the_channel_is_refused(office: Office, channel: str, to: str) -> None:
    with pytest.raises(WrongTargetError):
        await office.subscribing.subscribe(unit="drainage", to=to, channel=channel)  # type: ignore[arg-type]


async def test_a_test_message_goes_the_way_of_all_messages(office: Office, receiver: Receiver) -> None:
    receiver.answer = lambda _: TAKEN
    made = await office.subscribing.subscribe(unit="drainage", to=robot(receiver), channel="wecom")
    test_id = uuid4()

    assert await office.repeating.send_test(made.subscription_id, test_id, MONDAY_NOON)
    office.courier.wake()

    await eventually(lambda: office.states() == ["sent"], within_seconds=60)
    standing = await office.repeating.outcome_of(test_id)
    assert standing is not None
    assert (standing.state, standing.last_error) == ("sent", None)
    (received,) = receiver.received
    assert json.loads(received.body)["text"]["content"] == "【吹哨报到】测试消息,收到即表示订阅可用"
    assert not await office.repeating.send_test(uuid4(), uuid4(), MONDAY_NOON), "nobody subscribed under that id"


async def test_a_replay_sends_again_what_was_sent_under_the_same_ids(office: Office, receiver: Receiver) -> None:
    made = await office.subscribing.subscribe(unit="drainage", to=f"http://127.0.0.1:{receiver.port}/")
    await office.write(3, made.subscription_id, f"127.0.0.1:{receiver.port}")
    await eventually(lambda: office.states() == ["sent"] * 3, within_seconds=60)
    office.database.run_sql(
        "update notify.messages set sent_at = '2026-01-01 00:00+00' where case_id = (select min(case_id::text)::uuid"
        " from notify.messages)"
    )

    now = datetime.fromisoformat(office.database.run_sql("select clock_timestamp()")).astimezone(UTC)
    count = await office.repeating.replay(made.subscription_id, now - timedelta(hours=1), now + timedelta(hours=1))
    office.courier.wake()

    assert count == 2
    await eventually(lambda: len(receiver.received) == 5 and office.states() == ["sent"] * 3, within_seconds=60)
    assert len({received.headers["webhook-id"] for received in receiver.received}) == 3
