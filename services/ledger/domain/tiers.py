"""The tiers of the competence ladder: who is one step above whom (S4-01, domain §6.4)."""

from services.ledger.domain.city import City
from services.ledger.domain.state import CENTER


def above(unit: str, city: City) -> str:
    """Return who is one step above `unit`; whoever is not of the grassroots has the command center above it.

    A grid of level 1 is the community's own ground, so the subdistrict is above both (S4-01).
    """
    organisation = city.organisation
    known = None if organisation is None else organisation.units.get(unit)
    if organisation is None or known is None:
        return CENTER
    match known.kind:
        case "grid" if known.grid_level != 1:
            return known.parent or CENTER
        case "grid" | "community":
            return organisation.subdistrict_of(unit) or CENTER
        case _:
            return CENTER


def passes_on_by_itself(unit: str, city: City) -> bool:
    """Whether a case that this unit leads climbs at the day's end: grids only, so never beyond the subdistrict."""
    known = None if city.organisation is None else city.organisation.units.get(unit)
    return known is not None and known.kind == "grid"
