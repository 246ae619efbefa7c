"""Signatures by Standard Webhooks (`v1`): HMAC-SHA256 over id, timestamp and body."""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret(random: Callable[[int], bytes]) -> str:
    """Return a secret in the form receivers know."""
    return PREFIX + base64.b64encode(random(SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the bytes a secret stands for. Raises ValueError for another form, without repeating it."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a webhook secret is `whsec_` and base64") from None
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook secret has 24 to 64 bytes")
    return key


def signed_headers(message_id: str, sent_at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers; while a secret is being replaced, both sign."""
    timestamp = str(int(sent_at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key_of(secret), content, "sha256")).decode() for secret in secrets)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
