"""Roles -> units: whoever is the subdistrict, the community, the owner at the place of the report."""

from typing import cast

from services.contracts.events.report import ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.model.catalogue import Item
from services.reference.model.duties import OwnerRole


class Scene:
    """A report seen through one version: where it happened, and what its reporter says it is."""

    __slots__ = ("era", "item", "organisation", "path", "reference", "report", "smallest")

    def __init__(self, reference: CompiledReference, report: ReportFacts) -> None:
        """Take a report whose place is filled in (`Organisation.place_of`)."""
        organisation = reference.organisation
        self.reference = reference
        self.organisation = organisation
        self.report = report
        self.item: Item | None = reference.items.get(report.item) if report.item else None
        self.smallest = organisation.smallest(report.place)
        self.era = reference.mandates.era(report.accepted_at)
        self.path: tuple[str, ...] = organisation.path(self.smallest) if self.smallest else ()

    @property
    def is_outside(self) -> bool:
        """Whether the report names a place, but none that this version knows."""
        place = self.report.place
        if self.smallest is not None:
            return False
        return place.longitude is not None or bool(place.grid or place.community or place.subdistrict)

    def unit_for(self, name: str, item: Item | None) -> str | None:
        """Return the unit that `name`, an id or a role, means here for `item`; None when nobody is that."""
        units = self.organisation.units
        if name in units:
            return name
        place = self.report.place
        match name:
            case "subdistrict":
                found = place.subdistrict
            case "community":
                found = place.community
            case "grid":
                found = place.grid
            case _:
                return self._owner(cast("OwnerRole", name), item.code if item else None)
        return found if found in units else None

    def _owner(self, role: OwnerRole, item_code: str | None) -> str | None:
        owners = self.reference.owners
        for area in self.path:
            unit = owners.get((role, area, item_code)) or owners.get((role, area, None))
            if unit is not None:
                return unit
        return None
