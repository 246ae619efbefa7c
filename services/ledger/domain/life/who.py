"""Who may act: guards by assignment and role. Row-level security has hidden other people's cases before."""

from collections.abc import Callable

from services.ledger.domain.acts import Asker
from services.ledger.domain.state import CENTER, AssignmentRow
from services.ledger.domain.taken import TakenCase

Who = Callable[[TakenCase, Asker], bool]

EXCLUDING_PERSONS = 2
"""So many persons leave a case out of the rates."""
AT_WORK = frozenset({"lead", "cooperating"})
"""Roles that act; who holds a copy reads (X-02)."""
WATCHING_ROLES = frozenset({"grid_supervisor"})
"""Roles that see and urge, and handle nothing (S4-05)."""
VERIFYING_ROLES = frozenset(
    {"subdistrict_officer", "subdistrict_coordinator", "center_operator", "center_leader", "inspector"}
)


def watches(asker: Asker) -> bool:
    """Whether the person's roles only see and urge; who has another role beside works in that one."""
    return {asker.role, *asker.roles} <= WATCHING_ROLES


def part_of(case: TakenCase, asker: Asker) -> AssignmentRow | None:
    """Return the open assignment of one of the asker's units, the lead's first."""
    parts = [
        part
        for part in case.open_assignments()
        if part.role in AT_WORK and {part.unit, part.handling_unit} & set(asker.units)
    ]
    return min(parts, key=lambda part: part.role != "lead", default=None)


def lead(case: TakenCase, asker: Asker) -> bool:
    """Somebody of the lead department or of the branch office that handles the case."""
    part = part_of(case, asker)
    return part is not None and part.role == "lead"


def assigned(case: TakenCase, asker: Asker) -> bool:
    """Somebody of a department with an open assignment."""
    return part_of(case, asker) is not None


def cooperating(case: TakenCase, asker: Asker) -> bool:
    """Somebody of a cooperating department."""
    return any(
        part.role == "cooperating" and {part.unit, part.handling_unit} & set(asker.units)
        for part in case.open_assignments()
    )


def called(case: TakenCase, asker: Asker) -> bool:
    """Somebody of a department that the open whistle called."""
    number = case.case.whistle_open
    return number is not None and any(case.call(number, unit) is not None for unit in asker.units)


def street(case: TakenCase, asker: Asker) -> bool:
    """An officer or coordinator of the case's own subdistrict (S2-01)."""
    roles = {"subdistrict_officer", "subdistrict_coordinator"}
    return case.case.subdistrict in asker.units and bool(roles & {asker.role, *asker.roles})


def center(case: TakenCase, asker: Asker) -> bool:
    """Somebody of the district command center; of a sensitive case, whoever there has its lane by name."""
    return CENTER in asker.units and case.case.lane in asker.lanes


def center_or_street(case: TakenCase, asker: Asker) -> bool:
    """Whoever takes an emergency first: the center, or the case's own street."""
    return center(case, asker) or street(case, asker)


def house(case: TakenCase, asker: Asker) -> bool:
    """Whoever decides for the district: the center; of a sensitive case those who verify in its lane."""
    row = case.case
    if row.lane == "ordinary":
        return center(case, asker)
    return row.lane in asker.lanes and bool(VERIFYING_ROLES & {asker.role, *asker.roles})


def reviewer(case: TakenCase, asker: Asker) -> bool:
    """Another person than who asked; a suspension is approved by the unit's head or the street before the center."""
    pending = case.case.request
    if pending is None or asker.person_id in {pending.person, *pending.approved_by}:
        return False
    if pending.kind == "suspension" and not pending.approved_by:
        return street(case, asker) or (led(case, asker) and "unit_head" in {asker.role, *asker.roles})
    return house(case, asker)


def led(case: TakenCase, asker: Asker) -> bool:
    """Somebody of the unit that leads the case, or led it to its end."""
    return case.case.lead in asker.units


def excluding(case: TakenCase, asker: Asker) -> bool:
    """One of the two who leave a case out of the rates: neither asked, and nobody counts twice."""
    asks = case.case.exclusion
    return asks is not None and house(case, asker) and asker.person_id not in {asks.person, *asks.approved_by}


def on_the_spot(case: TakenCase, asker: Asker) -> bool:
    """The lead, or the grid's and the community's own people."""
    place = case.decision.report.place
    own = bool({place.grid, place.community} & set(asker.units))
    return lead(case, asker) or (own and bool({"grid_worker", "community_officer"} & {asker.role, *asker.roles}))


def verifying(case: TakenCase, asker: Asker) -> bool:
    """A verifying role at the center, in the case's street, or in its lane."""
    row = case.case
    return bool(VERIFYING_ROLES & {asker.role, *asker.roles}) and (
        CENTER in asker.units or row.subdistrict in asker.units or (row.lane != "ordinary" and row.lane in asker.lanes)
    )


def other_than_handler(case: TakenCase, asker: Asker) -> bool:
    """Not the person who handled: whoever judges a result did not make it (X-08).

    What was solved on the spot the community may look at too (S4-07).
    """
    row = case.case
    looks = row.state == "resolved_on_spot" and (
        case.decision.report.place.community in asker.units and "community_officer" in {asker.role, *asker.roles}
    )
    return (looks or verifying(case, asker)) and asker.person_id != row.handler


def involved(case: TakenCase, asker: Asker) -> bool:
    """Anybody who may see the case."""
    return bool(set(case.case.units) & set(asker.units))
