"""Robots of WeCom and DingTalk against a server that refuses as theirs do: 200 and a code in the body."""

import base64
import hmac
import json
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import pytest

from services.notify.channels.egress import Egress
from services.notify.channels.sending import Channels
from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import DingTalkRobot, Target, WeComRobot
from tests.builders import MONDAY_NOON
from tests.wire.notify.letters import a_letter
from tests.wire.notify.receiver import Receiver, answering, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "SEC000000000000000000000"
TAKEN = answering(200, body=b'{"errcode":0,"errmsg":"ok"}')


def coded(code: int) -> bytes:
    return answering(200, body=json.dumps({"errcode": code, "errmsg": "no"}).encode())


async def deliver(target: str, receiver: Receiver, seconds_max: float = 60.0) -> Refusal | None:
    base = f"http://127.0.0.1:{receiver.port}"
    robots: dict[str, Target] = {
        "wecom": WeComRobot(f"{base}/cgi-bin/webhook/send?key=693a91f6-7xxx"),
        "dingtalk": DingTalkRobot(f"{base}/robot/send?access_token=0123456789", SECRET),
    }
    async with Egress(LOOPBACK, seconds_max=seconds_max) as egress:
        return await Channels(egress=egress).deliver(robots[target], a_letter())


async def test_wecom_gets_a_text_that_people_can_read() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: TAKEN

        assert await deliver("wecom", receiver) is None

    (received,) = receiver.received
    told = json.loads(received.body)
    assert told["msgtype"] == "text"
    assert told["text"]["content"].splitlines()[:2] == [
        "【吹哨报到】办理:已到时限 (黄牌)",
        "案件 20260302-1-000042-7",
    ]
    assert len(told["text"]["content"].encode()) <= 2048


async def test_dingtalk_is_signed_with_the_instant_of_sending() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: TAKEN

        assert await deliver("dingtalk", receiver) is None

    (received,) = receiver.received
    query = parse_qs(urlsplit(received.target).query)
    timestamp = str(int(MONDAY_NOON.timestamp() * 1000))
    expected = hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), "sha256").digest()
    assert query == {
        "access_token": ["0123456789"],
        "timestamp": [timestamp],
        "sign": [base64.b64encode(expected).decode()],
    }


@pytest.mark.parametrize(
    ("robot", "code", "after"),
    [
        pytest.param("wecom", 45009, timedelta(minutes=1), id="wecom-too-many-in-a-minute"),
        pytest.param("wecom", 45033, timedelta(seconds=10), id="wecom-too-many-at-once"),
        pytest.param("dingtalk", 130101, timedelta(minutes=10), id="dingtalk-blocked-for-ten-minutes"),
        pytest.param("dingtalk", 410100, timedelta(minutes=10), id="dingtalk-too-fast"),
        pytest.param("dingtalk", 90030, timedelta(hours=6), id="dingtalk-quota-used-up"),
    ],
)
async def test_a_limit_closes_the_robot_for_the_providers_own_time(robot: str, code: int, after: timedelta) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded(code)

        refusal = await deliver(robot, receiver)

    assert refusal is not None
    assert (refusal.after, refusal.holds, refusal.final) == (after, "destination", False)
    assert str(code) in refusal.reason


@pytest.mark.parametrize(
    ("robot", "code"),
    [
        *(("wecom", code) for code in (40008, 40058, 44004, 45002, 60020, 93000, 93004, 93008)),
        *(("dingtalk", code) for code in (40035, 43004, 300001, 300005, 310000, 400013, 400101, 400102, 400105)),
        *(("dingtalk", code) for code in (400106, 430101, 430102, 430103, 430104)),
    ],
)
async def test_what_trying_again_cannot_change_is_final_and_says_why(robot: str, code: int) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded(code)

        refusal = await deliver(robot, receiver)

    assert refusal is not None
    assert refusal.final
    assert refusal.reason.partition(f"{code}: ")[2], "a reason in words"


@pytest.mark.parametrize("robot", ["wecom", "dingtalk"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(coded(-1), "the system is busy", id="busy"),
        pytest.param(coded(999_999), "999999", id="a-code-nobody-wrote-down"),
        pytest.param(answering(502), "answered 502", id="a-gateway-in-between"),
        pytest.param(answering(200, body=b"<html>login</html>"), "nothing that can be read", id="a-login-page"),
        pytest.param(answering(200, body=b'{"errmsg":"ok"}'), "nothing that can be read", id="no-code"),
        pytest.param(b"", "RemoteProtocolError", id="hangs-up"),
    ],
)
async def test_any_other_failure_is_tried_again_by_our_own_pauses(robot: str, answer: bytes, reason: str) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: answer

        refusal = await deliver(robot, receiver)

    assert refusal is not None
    assert (refusal.final, refusal.after) == (False, None)
    assert reason in refusal.reason


@pytest.mark.parametrize("robot", ["wecom", "dingtalk"])
async def test_a_server_that_asks_to_wait_is_given_its_time(robot: str) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: answering(429, "Retry-After: 90\r\n")

        refusal = await deliver(robot, receiver)

    assert refusal is not None
    assert (refusal.after, refusal.holds) == (timedelta(seconds=90), "destination")


async def test_a_robot_that_never_answers_is_cut_at_the_deadline() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: b"HTTP/1.1 200 OK\r\nX-Slow:"

        refusal = await deliver("wecom", receiver, seconds_max=0.3)

    assert refusal is not None
    assert not refusal.final


async def test_the_rules_of_egress_hold_for_robots_too() -> None:
    async with receiving() as receiver, Egress(()) as egress:
        robot = WeComRobot(f"http://127.0.0.1:{receiver.port}/cgi-bin/webhook/send?key=693a91f6-7xxx")

        refusal = await Channels(egress=egress).deliver(robot, a_letter())

    assert refusal is not None
    assert "not an address on the public internet" in refusal.reason
    assert receiver.received == []
