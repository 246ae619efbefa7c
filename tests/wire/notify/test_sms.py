"""SMS against a gateway that refuses as Alibaba Cloud's does, and the signature against its documented example."""

import hashlib
import json
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import pytest

from services.notify.channels.egress import Egress
from services.notify.channels.sending import Channels
from services.notify.channels.sms import SmsGateway, authorization, canonical
from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import Phone
from tests.wire.notify.letters import a_letter
from tests.wire.notify.receiver import Receiver, answering, receiving

LOOPBACK = (ip_network("127.0.0.0/8"),)
NUMBER = "13812345678"
EMPTY = hashlib.sha256(b"").hexdigest()


def a_gateway(url: str) -> SmsGateway:
    return SmsGateway(
        url=url, key_id="YourAccessKeyId", key_secret="YourAccessKeySecret", sign_name="示例区", template="SMS_1"
    )


def coded(code: str, message: str = "", status: int = 200) -> bytes:
    return answering(status, body=json.dumps({"Code": code, "Message": message}).encode())


async def deliver(receiver: Receiver) -> Refusal | None:
    async with Egress(LOOPBACK, seconds_max=60.0) as egress:
        channels = Channels(egress=egress, sms=a_gateway(f"http://127.0.0.1:{receiver.port}/"))
        return await channels.deliver(Phone(NUMBER), a_letter())


def test_the_signature_is_that_of_the_documented_example() -> None:
    query = canonical({"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"})
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }

    signed = authorization(a_gateway("https://ecs.cn-shanghai.aliyuncs.com"), "/", query, headers)

    assert signed.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


async def test_the_gateway_gets_the_templates_values_and_nothing_personal_but_the_number() -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded("OK")

        assert await deliver(receiver) is None

    (received,) = receiver.received
    query = {name: value[0] for name, value in parse_qs(urlsplit(received.target).query).items()}
    assert json.loads(query.pop("TemplateParam")) == {
        "number": "20260302-1-000042-7",
        "what": "办理:已到时限 (黄牌)",
        "until": "3月3日 09:00",
    }
    assert query.pop("OutId")
    assert query == {"PhoneNumbers": NUMBER, "SignName": "示例区", "TemplateCode": "SMS_1"}
    assert received.headers["x-acs-action"] == "SendSms"
    assert received.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,")


@pytest.mark.parametrize(
    ("message", "after"),
    [
        pytest.param("触发分钟级流控Permits:1", timedelta(minutes=1), id="a-minute"),
        pytest.param("触发小时级流控Permits:5", timedelta(hours=1), id="an-hour"),
        # The letter goes at Monday 09:00 in Shanghai.
        pytest.param("触发天级流控Permits:50", timedelta(hours=15), id="until-midnight"),
    ],
)
async def test_a_number_that_had_enough_is_left_alone_as_long_as_the_gateway_says(
    message: str, after: timedelta
) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded("isv.BUSINESS_LIMIT_CONTROL", message)

        refusal = await deliver(receiver)

    assert refusal is not None
    assert (refusal.after, refusal.holds, refusal.final) == (after, "destination", False)


@pytest.mark.parametrize("code", ["isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.ACCOUNT_ABNORMAL"])
async def test_without_money_nothing_is_lost_and_it_is_tried_every_hour(code: str) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded(code)

        refusal = await deliver(receiver)

    assert refusal is not None
    assert (refusal.after, refusal.final) == (timedelta(hours=1), False)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", 200),
        ("isv.SMS_TEMPLATE_ILLEGAL", 200),
        ("isv.SMS_SIGNATURE_ILLEGAL", 200),
        ("isv.TEMPLATE_MISSING_PARAMETERS", 200),
        ("isv.PARAM_LENGTH_LIMIT", 200),
        ("isv.BLACK_KEY_CONTROL_LIMIT", 200),
        ("isp.RAM_PERMISSION_DENY", 200),
        ("SignatureDoesNotMatch", 400),
        ("InvalidAccessKeyId.NotFound", 404),
    ],
)
async def test_what_trying_again_cannot_change_is_final_and_says_why(code: str, status: int) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: coded(code, status=status)

        refusal = await deliver(receiver)

    assert refusal is not None
    assert refusal.final
    assert refusal.reason.partition(f"{code}: ")[2], "a reason in words"
    assert NUMBER not in refusal.reason


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        pytest.param(coded("isp.SYSTEM_ERROR"), None, id="busy"),
        pytest.param(coded("isv.SOMETHING_NEW"), None, id="a-code-nobody-wrote-down"),
        pytest.param(coded("Throttling.User", status=400), timedelta(minutes=1), id="too-many-calls"),
        pytest.param(answering(503, "Retry-After: 30\r\n"), timedelta(seconds=30), id="closed-for-a-while"),
        pytest.param(answering(500), None, id="broken"),
        pytest.param(answering(200, body=b"ok"), None, id="no-json"),
        pytest.param(b"", None, id="hangs-up"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow:", None, id="never-answers"),
    ],
)
async def test_any_other_failure_is_tried_again(answer: bytes, after: timedelta | None) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda _: answer

        refusal = await deliver(receiver)

    assert refusal is not None
    assert (refusal.final, refusal.after) == (False, after)


async def test_without_a_gateway_a_message_is_dead_and_says_why() -> None:
    async with Egress(LOOPBACK) as egress:
        refusal = await Channels(egress=egress).deliver(Phone(NUMBER), a_letter())

    assert refusal == Refusal(reason="no SMS gateway is set", final=True)
