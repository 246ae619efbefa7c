"""The staff of the sample district: who works where, in which role, and who may see a sensitive lane."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, get_args
from uuid import NAMESPACE_OID, UUID, uuid5

from deploy.demo.draws import Draws
from deploy.demo.names import person_name
from services.contracts.events.report import Lane
from services.reference.model.organisation import COMMAND_CENTER, Unit, UnitKind
from services.reference.sheets.persons import PersonInRole, PersonRole

EMPLOYED_SINCE: Final = date(2026, 1, 1)
PEOPLE: Final = uuid5(NAMESPACE_OID, "whistle sample district")
STAFF: Final[dict[UnitKind, tuple[PersonRole, ...]]] = {
    "center": ("center_operator", "center_operator", "center_operator", "center_leader", "rule_owner", "rule_owner"),
    "subdistrict": ("subdistrict_officer", "subdistrict_officer", "subdistrict_coordinator"),
    "community": ("community_officer", "community_officer"),
    "department": ("clerk", "clerk", "unit_head"),
    "branch_office": ("clerk", "clerk", "unit_head"),
    "company": ("clerk", "unit_head"),
    "grid": ("grid_worker",),
}
"""Two of each role that handles, because whoever handles may not verify. Publishing rules takes two rule owners."""
LANES: Final[tuple[Lane, ...]] = get_args(Lane)[1:]
EXTRA: Final[dict[str, tuple[PersonRole, ...]]] = {COMMAND_CENTER: ("operator",), "supervision_office": ("inspector",)}
FIRST_COMMUNITY: Final = "01"
"""How the id of each subdistrict's first community ends."""
ON_THE_GROUND: Final[tuple[PersonRole, ...]] = ("grid_supervisor", "part_time_grid_worker")
"""Who watches and who reports without handling anything; each subdistrict begins with its first community."""


def staff(seed: int, units: Sequence[Unit]) -> list[PersonInRole]:
    """Return everybody's roles, in the order of the units."""
    return [person for unit in units for person in _staff_of(seed, unit)]


def person_id(seed: int, unit: str, role: str, number: int) -> UUID:
    """Return the permanent id of the `number`-th person in a role of a unit, counted from 1."""
    return uuid5(PEOPLE, f"{seed}/{unit}/{role}/{number}")


def _staff_of(seed: int, unit: Unit) -> Iterator[PersonInRole]:
    roles = STAFF.get(unit.kind, ()) + EXTRA.get(unit.id, ())
    if unit.kind == "community" and unit.id.endswith(FIRST_COMMUNITY):
        roles += ON_THE_GROUND
    for position, role in enumerate(roles):
        number = roles[: position + 1].count(role)
        # The community's secretary is the leader of its top grid (grid level 1): one person, two roles.
        if unit.grid_level == 1 and unit.parent is not None:
            yield _person(seed, (unit.parent, "community_officer", 1), unit.id, role)
        else:
            yield _person(seed, (unit.id, role, number), unit.id, role)
    for lane in unit.lanes:
        for role in ("clerk", "unit_head", "inspector"):
            yield _person(seed, (unit.id, f"{lane} {role}", 1), unit.id, role, lane)
    if unit.id == COMMAND_CENTER:
        yield from _trusted(seed)


def _trusted(seed: int) -> Iterator[PersonInRole]:
    """Yield the two of the center who take what a sensitive lane's own unit must not: in every lane, by name."""
    for role in ("center_operator", "center_leader"):
        for lane in LANES:
            yield _person(seed, (COMMAND_CENTER, f"lanes {role}", 1), COMMAND_CENTER, role, lane)


def _person(
    seed: int, origin: tuple[str, str, int], unit: str, role: PersonRole, lane: Lane = "ordinary"
) -> PersonInRole:
    return PersonInRole(
        person_id=person_id(seed, *origin),
        name=person_name(Draws(seed, "person", *origin)),
        unit=unit,
        role=role,
        lane=lane,
        valid_from=EMPLOYED_SINCE,
        valid_to=None,
    )
