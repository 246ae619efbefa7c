"""Items whose own limits contradict each other: signed in after it must be handled, verified after it was promised."""

from collections.abc import Iterator

from services.contracts.events.dispatch import Limits
from services.reference.deciding.compile import CompiledReference
from services.reference.lint.finding import Finding
from services.worktime.limits import Limit, hours_of, is_longer


def contradicting_limits(reference: CompiledReference) -> Iterator[Finding]:
    """Yield each item whose limits cannot all be used up.

    Compared are limits that run alike: both in open time, or both by the clock. What the law sets is promised as it is,
    and leaves nothing for verification (domain §3.9).
    """
    for code, terms in reference.terms.items():
        reason = _why(terms.limits)
        if reason:
            yield Finding("contradicting-limits", f"item:{code}", reason)


def _why(limits: Limits) -> str | None:
    handling, promise = Limit.parse(limits.handling), Limit.parse(limits.promise)
    sign_in, verification = Limit.parse(limits.sign_in), Limit.parse(limits.verification)
    if is_longer(sign_in, handling):
        return f"signed in within {sign_in}, handled within {handling}"
    alike = len({limit.unit.follows_calendar for limit in (handling, promise, verification)}) == 1
    if alike and not limits.statutory and hours_of(handling) + hours_of(verification) > hours_of(promise):
        return f"handled within {handling} and verified within {verification}, but promised within {promise}"
    return None
