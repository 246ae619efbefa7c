"""Rules: what a report must be like, and what follows when it is."""

from typing import Self

import msgspec

from services.contracts.events.report import Channel
from services.reference.model.catalogue import ItemKind

MINUTES_PER_DAY = 24 * 60


class Window(msgspec.Struct, frozen=True):
    """Minutes of the local day, from the first to before the last; `22:00-06:00` runs over midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `22:00-06:00`. Raises ValueError for anything else, an empty window included."""
        try:
            start, end = (_minute(part) for part in text.split("-"))
        except ValueError as error:
            raise ValueError(f"{text!r} is no time of day like 22:00-06:00") from error
        if start == end:
            raise ValueError(f"{text!r} is empty")
        return cls(start, end)

    def __str__(self) -> str:
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))

    def holds(self, minute: int) -> bool:
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def _minute(text: str) -> int:
    hours, minutes = text.strip().split(":")
    if not (len(hours) == len(minutes) == 2 and int(hours) <= 24 and int(minutes) < 60):
        raise ValueError(text)
    minute = int(hours) * 60 + int(minutes)
    if minute > MINUTES_PER_DAY:
        raise ValueError(text)
    return minute


class Rule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Empty conditions hold for every report; of several values in one condition any is enough.

    The result is an item of the catalogue, whose lead and cooperators count, or a lead of the rule's own.
    """

    id: str
    items: tuple[str, ...] = ()
    """Codes, one of which the reporter named."""
    kind: ItemKind | None = None
    """Kind of the item that the reporter named."""
    keywords: tuple[str, ...] = ()
    """The masked text contains one of these."""
    with_keywords: tuple[str, ...] = ()
    """And also one of these."""
    areas: tuple[str, ...] = ()
    """Ids of units on the report's path: grids, communities, subdistricts."""
    channels: tuple[Channel, ...] = ()
    hours: Window | None = None
    """Local time of day at which the report was accepted."""
    item: str | None = None
    lead: str | None = None
    cooperating: tuple[str, ...] = ()
    priority: int = 0
    """Among equally specific rules the higher one wins."""
    order: int = 0
    """Position in the sheet; the last word between equals."""
    note: str | None = None
