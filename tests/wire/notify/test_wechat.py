"""A mini program's subscription message against a WeChat that answers as documented."""

import json
from ipaddress import ip_network
from typing import Any

import pytest

from services.notify.channels.egress import Egress
from services.notify.channels.sending import Channels
from services.notify.channels.wechat import WeChat
from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import Follower
from tests.wire.notify.letters import a_letter
from tests.wire.notify.receiver import Receiver, answering, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = "of a receiver on the loopback"
TOKEN = {"access_token": "a-token", "expires_in": 7200}


def told(**answer: Any) -> bytes:
    return answering(200, body=json.dumps(answer).encode())


class Program:
    """The mini program of a test, whose clock stands until the test moves it."""

    def __init__(self, receiver: Receiver) -> None:
        self.now = 0.0
        self.wechat = WeChat(
            url=f"http://127.0.0.1:{receiver.port}",
            app_id="wx1",
            app_secret=SECRET,
            template="T1",
            fields=("character_string1", "thing2", "thing3"),
            seconds=lambda: self.now,
        )

    async def send(self) -> Refusal | None:
        async with Egress(LOOPBACK, seconds_max=60.0) as egress:
            return await Channels(egress=egress, wechat=self.wechat).deliver(Follower("oABC123"), a_letter())


async def test_a_follower_gets_the_templates_values_with_a_token_that_is_kept() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda count: told(**TOKEN) if count == 1 else told(errcode=0)
        program = Program(receiver)

        assert [await program.send(), await program.send()] == [None, None]

    token, message, _ = receiver.received
    assert (token.target, json.loads(token.body)["grant_type"]) == ("/cgi-bin/stable_token", "client_credential")
    assert message.target == "/cgi-bin/message/subscribe/send?access_token=a-token"
    assert json.loads(message.body) == {
        "touser": "oABC123",
        "template_id": "T1",
        "data": {
            "character_string1": {"value": "20260302-1-000042-7"},
            "thing2": {"value": "办理:已到时限 (黄牌)"},
            "thing3": {"value": "3月3日 09:00"},
        },
    }


async def test_a_token_that_ended_is_asked_for_again() -> None:
    answers = [told(**TOKEN), told(errcode=42001), told(**TOKEN), told(errcode=0)]
    async with receiving() as receiver:
        receiver.answer = lambda count: answers[count - 1]
        program = Program(receiver)

        first, second = await program.send(), await program.send()

    assert first is not None
    assert first.after is not None
    assert second is None


async def test_a_token_is_asked_for_again_before_its_two_hours_are_over() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda count: told(**TOKEN) if count in {1, 3} else told(errcode=0)
        program = Program(receiver)
        await program.send()
        program.now = 7000.0

        assert await program.send() is None

    assert len(receiver.received) == 4


@pytest.mark.parametrize(("code", "final"), [(43101, True), (40003, True), (45009, False), (-1, False)])
async def test_who_has_not_agreed_is_not_tried_again_and_a_quota_waits(code: int, *, final: bool) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda count: told(**TOKEN) if count == 1 else told(errcode=code)

        refusal = await Program(receiver).send()

    assert refusal is not None
    assert refusal.final is final


async def test_without_a_token_nothing_is_sent() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: told(errcode=40125)

        refusal = await Program(receiver).send()

    assert refusal is not None
    assert len(receiver.received) == 1
