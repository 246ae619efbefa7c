"""The tracking code: the number and 128 bits only the city can compute. Nothing of it is stored (design §3)."""

import hmac
from base64 import b32encode
from typing import Final
from uuid import UUID

from services.intake.domain.numbers import NotANumberError, ReportNumber

SEAL_BYTES: Final = 16
SEAL_CHARS: Final = 26
CODE_MAX: Final = 80


def tracking_code(number: str, report_id: UUID, key: bytes) -> str:
    """Return what the reporter keeps: whoever holds it may follow, add, withdraw and rate."""
    return f"{number}-{_seal_of(report_id, key)}"


def number_in(code: str) -> ReportNumber:
    """Return the number a code begins with.

    Raises:
        NotANumberError: the code has not the form of one.
    """
    number, dash, seal = code[:CODE_MAX].rpartition("-")
    if not dash or len(seal) != SEAL_CHARS or not seal.isascii():
        raise NotANumberError("no tracking code")
    return ReportNumber.parse(number)


def is_code_of(code: str, report_id: UUID, key: bytes) -> bool:
    """Whether the code's seal is this report's, compared in constant time; case does not matter."""
    seal = code.rpartition("-")[2].upper()
    return hmac.compare_digest(seal.encode(), _seal_of(report_id, key).encode())


def tail_mac(phone: str, key: bytes) -> bytes:
    """Return what is kept of a phone's last four digits, enough to compare with and too little to read."""
    return hmac.digest(key, b"tail/" + phone[-4:].encode(), "sha256")[:SEAL_BYTES]


def _seal_of(report_id: UUID, key: bytes) -> str:
    return b32encode(hmac.digest(key, b"track/" + report_id.bytes, "sha256")[:SEAL_BYTES]).decode().rstrip("=")
