"""Rates as the policy defines them, exactly: fractions until they are printed."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final, get_args

import msgspec

from services.reference.model.appraising import AppraisalPolicy, Measure, RateDefinition, RateName

TENTH: Final = Decimal("0.1")


class Rate(msgspec.Struct, frozen=True):
    """`counted` of `of` cases; weighted ones count in part. The value is None where nothing could count."""

    counted: Fraction
    of: int

    @property
    def value(self) -> Fraction | None:
        return self.counted / self.of if self.of else None


Rates = Mapping[RateName, Rate]


def rate_of(definition: RateDefinition, cases: Iterable[frozenset[Measure]]) -> Rate:
    """Return the rate over cases, each given by what it counts as."""
    counted, of = Fraction(), 0
    for measures in cases:
        if definition.of in measures:
            of += 1
            counted += max(
                (Fraction(weight) for one, weight in definition.counts.items() if one in measures), default=0
            )
    return Rate(counted, of)


def rates_of(policy: AppraisalPolicy, cases: Iterable[frozenset[Measure]]) -> Rates:
    """Return every rate of the policy."""
    known = tuple(cases)
    names: tuple[RateName, ...] = get_args(RateName)
    return {name: rate_of(policy.rates[name], known) for name in names}


def composite_of(policy: AppraisalPolicy, rates: Rates) -> Fraction | None:
    """Return the weighted three rates; one without a value leaves its weight to the rest. None where none has any."""
    present = [
        (Fraction(weight), value) for name, weight in policy.weights.items() if (value := rates[name].value) is not None
    ]
    whole = sum((weight for weight, _ in present), Fraction())
    return sum((weight * value for weight, value in present), Fraction()) / whole if whole else None


def percent(value: Fraction | None) -> str | None:
    """Return a share as it is printed: per cent with one place, half up."""
    return None if value is None else str(rounded(value * 100))


def rounded(value: Fraction, place: Decimal = TENTH) -> Decimal:
    """Return the value to a place, half up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(place, ROUND_HALF_UP)
