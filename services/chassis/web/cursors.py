"""Keyset cursors: the last row's sort key, sealed so that it cannot be made up or carried to another list or person."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from services.chassis.web.problems import Problem

T = TypeVar("T")

MAC_BYTES: Final = 16
CURSOR_CHARACTERS_MAX: Final = 1_024


class Cursors:
    """Seals and opens cursors with one secret key.

    `scope` says for whom and for which list, e.g. `"queue/<person id>/<filters>"`; another scope's cursor is refused.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a cursor key has at least 16 bytes")
        self._key = key

    def seal(self, values: Sequence[Any], scope: str) -> str:
        """Return opaque text for `values` (what msgspec can write: str, int, datetime, UUID, None…)."""
        payload = msgspec.json.encode(values)
        return base64.urlsafe_b64encode(self._mac(payload, scope) + payload).rstrip(b"=").decode()

    def open(self, cursor: str, scope: str, expected: type[T]) -> T:
        """Return the values as `expected`, e.g. `tuple[datetime, UUID]`.

        Raises:
            Problem: 400; made up, cut, of another scope, or of another release.
        """
        try:
            if len(cursor) > CURSOR_CHARACTERS_MAX:
                raise _refused()
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, payload = sealed[:MAC_BYTES], sealed[MAC_BYTES:]
            if not hmac.compare_digest(mac, self._mac(payload, scope)):
                raise _refused()
            return msgspec.json.decode(payload, type=expected)
        except (binascii.Error, ValueError, msgspec.MsgspecError):
            raise _refused() from None

    def _mac(self, payload: bytes, scope: str) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"\0" + payload, "sha256")[:MAC_BYTES]


def _refused() -> Problem:
    return Problem("cursor", "The cursor is not valid for this list", 400, "Begin again without a cursor.")
