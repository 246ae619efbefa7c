"""Roles -> units: whoever is the subdistrict, the community, the owner at the place of the report."""

from typing import cast

from services.contracts.events.report import Place
from services.reference.deciding.compile import CompiledReference
from services.reference.model.duties import OwnerRole


class Scene:
    """Where a report happened, and what it is about: all that a role needs to become a unit."""

    __slots__ = ("item_code", "path", "place", "reference")

    def __init__(self, reference: CompiledReference, place: Place, item_code: str | None) -> None:
        organisation = reference.organisation
        smallest = organisation.smallest(place)
        self.reference = reference
        self.place = place
        self.item_code = item_code
        self.path = organisation.path(smallest) if smallest else ()

    def unit_for(self, name: str) -> str | None:
        """Return the unit that `name`, an id or a role, means here; None when nobody is that."""
        if name in self.reference.organisation.units:
            return name
        match name:
            case "subdistrict":
                return self._known(self.place.subdistrict)
            case "community":
                return self._known(self.place.community)
            case "grid":
                return self._known(self.place.grid)
            case _:
                return self._owner(name)

    def _known(self, unit_id: str | None) -> str | None:
        return unit_id if unit_id in self.reference.organisation.units else None

    def _owner(self, role: str) -> str | None:
        owners = self.reference.owners
        named = cast("OwnerRole", role)
        for area in self.path:
            unit = owners.get((named, area, self.item_code)) or owners.get((named, area, None))
            if unit is not None:
                return unit
        return None
