"""Mail against a server that refuses: greylisting, closing, a wrong password, an unknown mailbox, TLS without proof."""

import email
import ssl
from collections.abc import Sequence
from datetime import timedelta
from email import policy
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from services.notify.channels.egress import Egress
from services.notify.channels.mail import MailServer
from services.notify.channels.sending import Channels
from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import Mailbox
from tests.builders import an_id
from tests.wire.notify.letters import a_letter
from tests.wire.notify.smtp import MailSink, mail_sink
from tests.wire.notify.test_egress import a_certificate

LOOPBACK = (ip_network("127.0.0.0/8"),)
ADDRESS = "duty@drainage.example"


def a_server(port: int, **changes: Any) -> MailServer:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "tls": "none",
        "sender": "whistle@district.example",
        "context": ssl.create_default_context(),
    }
    return MailServer(port=port, **(given | changes))


async def deliver(sink: MailSink, **changes: Any) -> Refusal | None:
    async with Egress(LOOPBACK, seconds_max=60.0) as egress:
        return await Channels(egress=egress, mail=a_server(sink.port, **changes)).deliver(Mailbox(ADDRESS), a_letter())


async def test_a_mail_says_what_happened_and_keeps_its_id() -> None:
    async with mail_sink() as sink:
        assert await deliver(sink) is None
        assert await deliver(sink) is None

    first, second = (email.message_from_string(text, policy=policy.default) for text in sink.messages)
    assert first["Subject"] == "【吹哨报到】办理:已到时限 (黄牌)"
    assert (first["To"], first["Auto-Submitted"]) == (ADDRESS, "auto-generated")
    assert first["Message-ID"] == second["Message-ID"] == f"<{an_id('message')}@district.example>"
    assert "案件 20260302-1-000042-7" in first.get_content()


@pytest.mark.parametrize(
    ("replies", "after", "holds"),
    [
        pytest.param({"RCPT": "450 4.2.0 try again in 300 seconds"}, timedelta(minutes=5), "message", id="grey"),
        pytest.param({"RCPT": "452 mailbox full"}, None, "message", id="a-full-mailbox"),
        pytest.param({"message": "451 local error"}, None, "message", id="an-error-after-the-text"),
        pytest.param({"greeting": "421 too many connections"}, timedelta(minutes=5), "destination", id="closing"),
        pytest.param({"MAIL": "421 back in 2 minutes"}, timedelta(minutes=2), "destination", id="closing-for-a-while"),
    ],
)  # fmt: skip
async def test_a_4xx_is_for_now(replies: dict[str, str], after: timedelta | None, holds: str) -> None:
    async with mail_sink() as sink:
        sink.replies = replies

        refusal = await deliver(sink)

    assert refusal is not None
    assert (refusal.final, refusal.after, refusal.holds) == (False, after, holds)
    assert sink.messages == []


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param({"RCPT": f"550 5.1.1 <{ADDRESS}> unknown"}, id="no-such-mailbox"),
        pytest.param({"MAIL": "553 sender refused"}, id="the-sender-is-refused"),
        pytest.param({"DATA": "554 no"}, id="no-text-wanted"),
        pytest.param({"message": "552 too large"}, id="the-text-is-refused"),
    ],
)
async def test_a_5xx_is_for_good_and_names_nobody(replies: dict[str, str]) -> None:
    async with mail_sink() as sink:
        sink.replies = replies

        refusal = await deliver(sink)

    assert refusal is not None
    assert refusal.final
    assert refusal.reason.startswith("the mail server answered 55")
    assert ADDRESS not in refusal.reason


async def test_a_wrong_password_closes_the_channel_until_somebody_looks() -> None:
    async with mail_sink() as sink:
        sink.offers = ("AUTH PLAIN",)
        sink.replies = {"AUTH": "535 5.7.8 no"}

        refusal = await deliver(sink, user="whistle", password="wrong")

    assert refusal is not None
    assert (refusal.after, refusal.holds, refusal.final) == (timedelta(hours=1), "destination", False)


async def test_a_server_that_hangs_up_is_tried_again() -> None:
    async with mail_sink() as sink:
        sink.replies = {"RCPT": None}

        refusal = await deliver(sink)

    assert refusal is not None
    assert (refusal.final, refusal.after) == (False, None)


async def test_a_server_that_says_nothing_is_cut_at_the_deadline() -> None:
    async with mail_sink() as sink:
        sink.silent = True

        refusal = await deliver(sink, seconds_max=0.3)

    assert refusal is not None
    assert "no answer in time" in refusal.reason


async def test_nobody_listening_is_tried_again() -> None:
    async with mail_sink() as sink:
        pass

    refusal = await deliver(sink)

    assert refusal is not None
    assert not refusal.final


async def test_with_starttls_nothing_goes_in_clear(tmp_path: Path) -> None:
    authority, tls = a_certificate(tmp_path, "mail.example")
    trusted = ssl.create_default_context(cafile=authority)
    async with mail_sink() as sink:
        sink.tls, sink.offers = tls, ("STARTTLS",)
        assert await posted_by_name(sink, trusted) is None

        sink.offers = ()  # somebody in between took the offer out
        refusal = await posted_by_name(sink, trusted)

    assert refusal is not None
    assert len(sink.messages) == 1


async def test_a_certificate_that_proves_nothing_is_refused(tmp_path: Path) -> None:
    _, tls = a_certificate(tmp_path, "mail.example")
    async with mail_sink(implicit=tls) as sink:
        refusal = await posted_by_name(sink, ssl.create_default_context(), tls="implicit")

    assert refusal is not None
    assert sink.messages == []


async def test_in_clear_to_the_public_internet_is_refused() -> None:
    async def outside(host: str, port: int) -> Sequence[str]:
        return ["8.8.8.8"]

    async with Egress(LOOPBACK, resolve=outside) as egress:
        channels = Channels(egress=egress, mail=a_server(25, host="mail.example"))
        refusal = await channels.deliver(Mailbox(ADDRESS), a_letter())

    assert refusal is not None
    assert "mail with TLS at 465 or 587" in refusal.reason


async def posted_by_name(sink: MailSink, context: ssl.SSLContext, tls: str = "starttls") -> Refusal | None:
    """Deliver to mail.example, which leads to the sink."""

    async def inside(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with Egress(LOOPBACK, resolve=inside, seconds_max=60.0) as egress:
        server = a_server(sink.port, host="mail.example", tls=tls, context=context)
        return await Channels(egress=egress, mail=server).deliver(Mailbox(ADDRESS), a_letter())
