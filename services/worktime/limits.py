"""Time limits as the city writes them: an amount and a unit, such as `4wh` or `15wd`."""

import re
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self

AMOUNT_MAX: Final = 10_000
PARSED_MAX: Final = 1_024
QUARTER: Final = Decimal("0.25")
WHOLE: Final = Decimal(1)
_WRITTEN: Final = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,2})?)(uh|wh|wd|d)")


class UnreadableLimitError(ValueError):
    """A text or an amount that is no limit. A guessed limit would be a promise nobody made, so it is refused."""


class Unit(StrEnum):
    """What one of a limit's amount means (GB/T 30428 practice: 紧急工作时, 工作时, 工作日, 自然日)."""

    URGENT_WORKING_HOUR = "uh"
    """A clock hour; runs day and night, over weekends and holidays."""
    WORKING_HOUR = "wh"
    """An hour of open time on working days."""
    WORKING_DAY = "wd"
    """A full day of open time, or "by closing time of the n-th next working day": the calendar says which."""
    NATURAL_DAY = "d"
    """24 clock hours."""

    @property
    def follows_calendar(self) -> bool:
        return self is Unit.WORKING_HOUR or self is Unit.WORKING_DAY

    @property
    def grain(self) -> Decimal:
        """The smallest amount of this unit: hours come in quarters, days whole."""
        return WHOLE if self is Unit.WORKING_DAY or self is Unit.NATURAL_DAY else QUARTER


_HOURS: Final = {Unit.URGENT_WORKING_HOUR: 1, Unit.WORKING_HOUR: 1, Unit.WORKING_DAY: 8, Unit.NATURAL_DAY: 24}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take. Positive; hours in quarters, days whole.

    Raises:
        UnreadableLimitError: the amount is not positive, too large, or finer than the unit's grain.
    """

    amount: Decimal
    unit: Unit
    count: float = field(init=False, repr=False, compare=False)
    """The amount as a float, exact for quarters: converting a Decimal costs more than adding the limit."""

    def __post_init__(self) -> None:
        if not 0 < self.amount <= AMOUNT_MAX:
            raise UnreadableLimitError(f"a limit is more than 0 and at most {AMOUNT_MAX} units, not {self.amount}")
        if self.amount % self.unit.grain:
            raise UnreadableLimitError(f"{self.amount}{self.unit}: finer than {self.unit.grain}{self.unit}")
        object.__setattr__(self, "count", float(self.amount))

    @staticmethod
    def parse(text: str) -> "Limit":
        """Read `4wh`, `0.5uh`, `15wd`, `15d`; nothing else.

        Raises:
            UnreadableLimitError: any other text, free text like 种植季节15工作日 included.
        """
        return _parse(text)

    def __str__(self) -> str:
        return f"{self.amount.normalize():f}{self.unit}"

    def times(self, factor: Decimal | float) -> Self:
        """Return this limit `factor` times as long, rounded up to the unit's grain.

        Raises:
            UnreadableLimitError: the factor is not positive, or the product is too large.
        """
        # By way of text, because 10 * 1.1 in binary is more than 11 and would round up to 12.
        exact = self.amount * Decimal(str(factor))
        steps = (exact / self.unit.grain).to_integral_value(rounding=ROUND_CEILING)
        return type(self)(steps * self.unit.grain, self.unit)


def hours_of(limit: Limit) -> float:
    """Return a limit in hours: of open time where it follows the calendar, 8 a day, else by the clock."""
    return limit.count * _HOURS[limit.unit]


def is_longer(one: Limit, other: Limit) -> bool:
    """Whether one limit is longer whenever it starts; never where only one of them follows the calendar."""
    return one.unit.follows_calendar == other.unit.follows_calendar and hours_of(one) > hours_of(other)


@lru_cache(maxsize=PARSED_MAX)
def _parse(text: str) -> Limit:
    # A city writes some twenty different limits, and every clock of every case reads one of them.
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise UnreadableLimitError(f"{text!r} is no limit: a number and one of uh, wh, wd, d is expected, like 4wh")
    amount, unit = written.groups()
    return Limit(Decimal(amount), Unit(unit))
