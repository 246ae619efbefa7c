"""How much of the place a rule's names depend on: reports that agree in it get the same answer."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from services.contracts.events.report import Place
from services.reference.deciding.organisation import Organisation
from services.reference.model.duties import OwnerRole


class Reach(IntEnum):
    """The smallest unit of the place that can make a difference."""

    NOWHERE = 0
    SUBDISTRICT = 1
    COMMUNITY = 2
    GRID = 3


_BY_KIND: Final = {"subdistrict": Reach.SUBDISTRICT, "community": Reach.COMMUNITY, "grid": Reach.GRID}


class Reaches:
    """Knows how finely each role is filled in one version."""

    def __init__(self, organisation: Organisation, owners: Iterable[tuple[OwnerRole, str, str | None]]) -> None:
        self._units = organisation.units
        self._roles: dict[str, Reach] = {}
        for role, area, _ in owners:
            kind = organisation.units[area].kind if area in organisation.units else ""
            # An owner of the whole district owns nothing of a report without a place: the subdistrict tells them apart.
            reach = _BY_KIND.get(kind, Reach.SUBDISTRICT)
            self._roles[role] = max(reach, self._roles.get(role, Reach.NOWHERE))

    def of(self, names: Iterable[str]) -> Reach:
        """Return the reach of unit ids and roles together."""
        return max((self._of(name) for name in names), default=Reach.NOWHERE)

    def _of(self, name: str) -> Reach:
        if name in self._units:
            return Reach.NOWHERE
        return _BY_KIND.get(name) or self._roles.get(name, Reach.NOWHERE)


def ground_of(place: Place, smallest: str | None, reach: Reach) -> str | None:
    """Return the unit of a place by which answers of a reach differ; None where the place says no such thing."""
    if reach is Reach.NOWHERE:
        return None
    if reach is Reach.SUBDISTRICT:
        return place.subdistrict
    if reach is Reach.COMMUNITY:
        return place.community or place.subdistrict
    return smallest
