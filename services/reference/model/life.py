"""What departments may ask of a case, how often and for how long, as policy data (domain §6.2)."""

from typing import Literal

import msgspec


class LifePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of departments: who answers, until when, how many. Limits are `worktime` limits such as `1wd`."""

    return_review: Literal["router", "center"] = "router"
    """Who answers a return first: the rules at once, overruled by the center if need be; or the center itself."""
    review: str = "1wd"
    """Limit for deciding a request."""
    consultation: str = "1wd"
    extensions_max: int = 2
    extension_total: str = "10wd"
    """All extensions of an attempt together end at most this much after its first due date (Shandong)."""
    statutory_extensions: dict[str, str] = {}
    """By item: how far the law that sets its limit lets it be extended; an item left out is not extended at all."""
    extension_hold: str = "1wd"
    """At most so long do overdue steps wait for the decision on an extension asked for in time."""
    suspensions_max: int = 1
    suspension_max: str = "365d"
    on_spot_check: str = "1wd"
    """Limit for the community's look at what was solved on the spot."""
    explanations_min: int = 3
    """So often it is explained to the reporter before a termination can be asked for."""
