"""The terms of an item: tier, urgency and every limit, from the item's own limit and the city's stage limits."""

import msgspec

from services.contracts.events.dispatch import Limits, StagedLimit, Tier, Urgency
from services.reference.model.catalogue import Item
from services.reference.model.policies import Policies
from services.worktime.limits import Limit, is_longer


class Terms(msgspec.Struct, frozen=True):
    """What a decision promises. Shared by all decisions on one item, so it is computed once per version."""

    tier: Tier
    urgency: Urgency
    limits: Limits


def terms_of(item: Item, policies: Policies) -> Terms:
    """Return the item's terms; the promise is the handling limit times the urgency's factor, rounded up.

    A limit that the law sets stands above every local one and says so: it is the promise, too (domain §3.9).

    Raises:
        UnreadableLimitError: a limit that is none.
    """
    limits = _limits(item.limit, item.stages, item.urgency, policies, statutory=item.source == "L")
    return Terms(item.tier, item.urgency, limits)


def emergency_terms(limit: str, policies: Policies) -> Terms:
    """Return the terms of an emergency that no item of the catalogue names.

    Raises:
        UnreadableLimitError: a limit that is none.
    """
    return Terms("D", "emergency", _limits(limit, (), "emergency", policies, statutory=False))


def unclassified_terms(policies: Policies) -> Terms:
    """Return the terms of a report of which nobody knows what it is yet."""
    return Terms("D", "normal", _limits(policies.unclassified_limit, (), "normal", policies, statutory=False))


def _limits(
    handling: str, staged: tuple[StagedLimit, ...], urgency: Urgency, policies: Policies, *, statutory: bool
) -> Limits:
    stage = policies.stages[urgency]
    return Limits(
        promise=handling if statutory else str(Limit.parse(handling).times(stage.promise_factor)),
        sign_in=_within(stage.sign_in, handling, stage.of_handling_max),
        handling=handling,
        verification=_within(stage.verification, handling, stage.of_handling_max),
        follow_up=stage.follow_up,
        stages=staged,
        statutory=statutory,
    )


def _within(limit: str, handling: str, share: float | None) -> str:
    """Return the limit, or so much of the handling limit where that is less."""
    if share is None:
        return limit
    most = Limit.parse(handling).times(share)
    return str(most) if is_longer(Limit.parse(limit), most) else limit
