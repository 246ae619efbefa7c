"""The four meanings of a due time: calm, blue (80 % used), yellow (passed), red (no-show, supervision)."""

from datetime import datetime
from typing import Literal

from services.contracts.events.progress import Card

Meaning = Literal["calm", "blue", "yellow", "red"]


def meaning_of(due_at: datetime, card: Card | None = None, *, now: datetime) -> Meaning:
    """Return the worst that holds: a card drawn by the ladder, or simply that the time has passed."""
    if card == "red":
        return "red"
    if card == "yellow" or due_at < now:
        return "yellow"
    return "blue" if card == "blue" else "calm"
