"""Signatures that the reference library of Standard Webhooks accepts, and retries that end."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notify.domain.retries import pause_after
from services.notify.domain.signing import key_of, new_secret, signed_headers

BODY = '{"type":"case.opened","data":{"number":"20260302-1-000042-7","what":"井盖"}}'


def real_now() -> datetime:
    """The library compares with the machine's clock, and so must we."""
    return datetime.now(UTC)  # noqa: TID251 -- real time is what receivers compare with


def test_the_reference_library_verifies_what_we_sign() -> None:
    secret = new_secret(os.urandom)

    headers = signed_headers("msg-1", real_now(), BODY.encode(), [secret])

    assert Webhook(secret).verify(BODY, headers)["type"] == "case.opened"


def test_while_a_secret_is_replaced_both_verify() -> None:
    new, old = new_secret(os.urandom), new_secret(os.urandom)

    headers = signed_headers("msg-1", real_now(), BODY.encode(), [new, old])

    Webhook(new).verify(BODY, headers)
    Webhook(old).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret(os.urandom)).verify(BODY, headers)


@pytest.mark.parametrize("changed", ["body", "webhook-id", "webhook-timestamp"])
def test_what_was_changed_on_the_way_is_refused(changed: str) -> None:
    secret = new_secret(os.urandom)
    headers = signed_headers("msg-1", real_now(), BODY.encode(), [secret])
    if changed != "body":
        headers[changed] = headers[changed][:-1] + ("1" if headers[changed][-1] != "1" else "2")

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + " " if changed == "body" else BODY, headers)


def test_a_replay_is_refused_after_five_minutes() -> None:
    secret = new_secret(os.urandom)
    headers = signed_headers("msg-1", real_now() - timedelta(minutes=6), BODY.encode(), [secret])

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize("secret", ["whsec_short", "whsec_", "not base64!", "whsec_" + "A" * 200])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        key_of(secret)


def test_retries_take_longer_each_time_and_end() -> None:
    pauses = [pause_after(attempts, 0.0) for attempts in range(1, 7)]

    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)] + [None]
    assert pause_after(1, 0.999) < timedelta(minutes=1, seconds=12)  # type: ignore[operator]
