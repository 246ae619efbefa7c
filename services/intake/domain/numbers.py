"""The number of a report, made to be spoken on the phone: date, epoch, serial, check digit."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

OFFICE_ZONE: Final = ZoneInfo("Asia/Shanghai")
SERIAL_DIGITS_MIN: Final = 6
_FORM: Final = re.compile(r"(\d{8})-([1-9]\d{0,3})-(\d{6,12})-(\d)", re.ASCII)
_AFTER: Final = tuple(tuple(((digit + product) % 10 or 10) * 2 % 11 for digit in range(10)) for product in range(11))
"""The step of ISO 7064 mod 11-10, by product and digit."""


class NotANumberError(ValueError):
    """Not the form of a number, or the check digit says it was misheard."""


@dataclass(frozen=True, slots=True)
class ReportNumber:
    """`20260302-1-000042-7`. Epoch and serial name the report; the date helps people, the digit catches slips."""

    day: str
    epoch: int
    serial: int

    @classmethod
    def of(cls, accepted_at: datetime, epoch: int, serial: int) -> Self:
        return cls(_day_of(accepted_at), epoch, serial)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the number that `text` spells; blanks around it are forgiven.

        Raises:
            NotANumberError: another form, or a wrong check digit.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise NotANumberError("expected date-epoch-serial-digit")
        number = cls(found[1], int(found[2]), int(found[3]))
        if str(number) != text.strip():
            raise NotANumberError("the check digit does not fit")
        return number

    def __str__(self) -> str:
        serial = f"{self.serial:0{SERIAL_DIGITS_MIN}d}"
        return f"{self.day}-{self.epoch}-{serial}-{check_digit(f'{self.day}{self.epoch}{serial}')}"


def check_digit(digits: str) -> str:
    """Return the ISO 7064 mod 11-10 digit: finds every wrong digit and nearly every swapped pair."""
    product = 10
    for digit in digits.encode():
        product = _AFTER[product][digit - 48]
    return str((11 - product) % 10)


@lru_cache(maxsize=8)
def _day_of(accepted_at: datetime) -> str:
    # All reports of a batch share their instant.
    return accepted_at.astimezone(OFFICE_ZONE).strftime("%Y%m%d")
