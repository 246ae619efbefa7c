"""Sensors: how a signed webhook is told from a forged one, and what report it becomes (Standard Webhooks, v1)."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import msgspec

from services.intake.domain.form import Point, ReportForm

PREFIX: Final = "whsec_"
AGE_SECONDS_MAX: Final = 300
"""A message that was signed longer ago, or later than now, is none."""
HEADERS: Final = (b"webhook-id", b"webhook-timestamp", b"webhook-signature")


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """A device that stands somewhere and notices one kind of thing."""

    sensor_id: str
    name: str
    item: str
    longitude: float
    latitude: float
    key_id: str
    generation: int
    asked_at: datetime
    """Real time: a signature's age is no deadline of a case."""


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body: what it noticed, in words; its name when it says nothing."""

    text: Annotated[str, msgspec.Meta(max_length=500)] = ""


def secret_of(marking: bytes, sensor_id: str, generation: int) -> bytes:
    """Return a sensor's secret, derived from a key of the key file: nothing of it is stored."""
    return hmac.digest(marking, f"sensor/{sensor_id}/{generation}".encode(), "sha256")


def shown(secret: bytes) -> str:
    """Return a secret in the form senders know."""
    return PREFIX + base64.b64encode(secret).decode()


def is_signed(secret: bytes, headers: Sequence[str], body: bytes, now: float) -> bool:
    """Whether id, timestamp and signature (in this order) are of this body, and fresh. Compared in constant time."""
    message_id, timestamp, signatures = headers
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > len(str(2**40)):
        return False
    wanted = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    expected = b"v1," + base64.b64encode(wanted)
    found = [hmac.compare_digest(each.encode(), expected) for each in signatures.split(" ")[:10]]
    return any(found) and abs(now - int(timestamp)) <= AGE_SECONDS_MAX


def form_of(sensor: Sensor, reading: Reading) -> ReportForm:
    """Return the report of what a sensor noticed, at the place where it stands."""
    return ReportForm(
        text=reading.text.strip() or sensor.name,
        point=Point(sensor.longitude, sensor.latitude),
        item=sensor.item,
        channel="sensor",
        reporter_kind="device",
    )
