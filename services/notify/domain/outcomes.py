"""How an attempt to deliver went: None when it was taken, else a refusal that says whether and when to try again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import msgspec

WAIT_MAX: Final = timedelta(days=1)
"""No provider is believed that asks for more."""
MINUTE: Final = timedelta(minutes=1)

Scope = Literal["message", "destination"]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message was not taken, in a few words without an address or a key."""

    reason: str
    final: bool = False
    """Trying again changes nothing: the message is dead until somebody has changed something."""
    after: timedelta | None = None
    """The provider's own delay; waiting for it costs no attempt."""
    holds: Scope = "message"
    """What has to wait: this message, or everything for its destination."""
    settled: bool = False
    """No failure: nobody is to be told by a message."""


class Ruling(msgspec.Struct, frozen=True):
    """What a provider's code means for a message."""

    meaning: str
    final: bool = False
    after: timedelta | None = None
    holds: Scope = "message"


def refused(provider: str, code: object, rulings: Mapping[str, Ruling]) -> Refusal:
    """Return what follows from a provider's code; one that is not in the book is tried again like any failure."""
    ruling = rulings.get(str(code))
    if ruling is None:
        return Refusal(reason=f"{provider} answered {str(code)[:60]}")
    after = None if ruling.after is None else min(ruling.after, WAIT_MAX)
    return Refusal(
        reason=f"{provider} answered {code}: {ruling.meaning}", final=ruling.final, after=after, holds=ruling.holds
    )


def asked_to_wait(text: str | None) -> timedelta | None:
    """Return the delay of a Retry-After header in seconds; None where there is none or a date, which few send."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(timedelta(seconds=int(text)), WAIT_MAX)
