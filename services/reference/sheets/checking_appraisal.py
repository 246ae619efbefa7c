"""Weights and shares of the appraisal: what is below the law's minimum or does not add up is refused (S1-09, X-12)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, get_args

from services.reference.model.appraising import THREE_RATES, AppraisalPolicy, Grading, PointOf, RateName, Shares

ONE: Final = Decimal(1)
LEAST_BURST: Final = 2
HOURS_MAX: Final = 24
"""The last day is what a look for bursts reads."""


def appraisal_faults(policy: AppraisalPolicy) -> Iterator[tuple[str, str]]:
    """Yield the place and the reason of each fault."""
    yield from _rate_faults(policy)
    if set(policy.weights) != set(THREE_RATES):
        yield "appraisal.weights", f"exactly {', '.join(THREE_RATES)} are weighed"
    if any(weight < 0 for weight in policy.weights.values()) or sum(policy.weights.values()) != ONE:
        yield "appraisal.weights", "weights are 0 or more and add up to 1"
    yield from _share_faults(policy.shares)
    yield from _grading_faults(policy.grading)
    if policy.bursts.cases < LEAST_BURST or not 1 <= policy.bursts.within_minutes <= HOURS_MAX * 60:
        yield "appraisal.bursts", f"at least {LEAST_BURST} cases, within at most {HOURS_MAX} hours"


def _rate_faults(policy: AppraisalPolicy) -> Iterator[tuple[str, str]]:
    for name in get_args(RateName):
        definition = policy.rates.get(name)
        if definition is None:
            yield "appraisal.rates", f"nothing for {name}"
        elif not definition.counts or not all(0 <= weight <= 1 for weight in definition.counts.values()):
            yield f"appraisal.rates.{name}", "something must count, each with a weight from 0 to 1"


def _share_faults(shares: Shares) -> Iterator[tuple[str, str]]:
    for kind, share, least in (
        ("department", shares.department, shares.department_min),
        ("branch", shares.branch, shares.branch_min),
    ):
        if not least <= share <= ONE:
            yield f"appraisal.shares.{kind}", f"the subdistricts' share is {share}; it is {least} at least, 1 at most"


def _grading_faults(grading: Grading) -> Iterator[tuple[str, str]]:
    for name in get_args(PointOf):
        if name not in grading.points:
            yield "appraisal.grading.points", f"nothing for {name}"
    shares = (grading.advanced_share, grading.backward_share)
    if any(share < 0 for share in shares) or sum(shares) > ONE:
        yield "appraisal.grading", "the shares are 0 or more and together 1 at most"
