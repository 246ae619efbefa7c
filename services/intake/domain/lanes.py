"""Sensitive lanes: what must not travel the ordinary way (domain §6.5)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.contracts.events.report import Lane

LANE_OF_ITEM: Final[Mapping[str, Lane]] = MappingProxyType({
    "2304": "drugs",
    "2403": "stability",
    "2404": "petition",
    "2405": "discipline",
    "2505": "discipline",
})  # fmt: skip


def lane_of(item: str | None) -> Lane:
    """Return the lane of a report by what it is about; without an item the ordinary one."""
    return "ordinary" if item is None else LANE_OF_ITEM.get(item, "ordinary")
