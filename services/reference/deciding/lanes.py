"""The lane, the special route and the accused of a report: decided at intake, before anything reaches the bus."""

from typing import Final

import msgspec

from services.contracts.events.report import Channel, Lane, SpecialRoute
from services.reference.deciding.accusing import accused_in
from services.reference.deciding.lexicon import Lexicon
from services.reference.model.lexicon import LanePolicy

LANES: Final[tuple[Lane, ...]] = ("discipline", "drugs", "stability", "petition")
"""Of several lanes the first counts: who accuses officials is protected before anything else."""
ROUTES: Final[tuple[SpecialRoute, ...]] = (
    "emergency_119", "emergency_120", "emergency_110", "emergency_122",
    "secret_or_private", "unlawful_or_immoral", "statutory_channel", "outside_government",
)  # fmt: skip
"""Of several routes the first counts: lives before papers."""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a report travels."""

    lane: Lane = "ordinary"
    route: SpecialRoute | None = None
    """Also of a sensitive report, so that its reporter is told whom to call; it does not travel then."""
    accused: tuple[str, ...] = ()
    """Units recognised by their names."""
    is_secret: bool = False
    """Suspected state secret: nothing of it may be kept."""

    @property
    def named(self) -> str:
        """What a test sentence expects, in one word."""
        if self.is_secret:
            return "state_secret"
        return self.lane if self.lane != "ordinary" else self.route or "ordinary"


def judged(lexicon: Lexicon, policy: LanePolicy, text: str, channel: Channel, item: str | None) -> Verdict:
    """Return the verdict on what was written, by category, channel and words."""
    lane = policy.of_item.get(item or "", "ordinary")
    if lane == "ordinary":
        lane = policy.of_channel.get(channel, "ordinary")
    if channel in policy.unread:
        return Verdict(lane)
    reading = lexicon.read(text, channel)
    if not reading.hits:
        return Verdict(lane)
    meanings = reading.meanings
    if lane == "ordinary":
        lane = next((known for known in LANES if known in meanings), lane)
    route = next((known for known in ROUTES if known in meanings), None)
    return Verdict(lane, route, accused_in(reading), "state_secret" in meanings)
