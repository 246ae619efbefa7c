"""Who may act: guards by assignment and role. Row-level security has hidden other people's cases before."""

from collections.abc import Callable

from services.ledger.domain.acts import Asker
from services.ledger.domain.state import CENTER, AssignmentRow
from services.ledger.domain.taken import TakenCase

Who = Callable[[TakenCase, Asker], bool]

VERIFYING_ROLES = frozenset(
    {"subdistrict_officer", "subdistrict_coordinator", "center_operator", "center_leader", "inspector"}
)


def part_of(case: TakenCase, asker: Asker) -> AssignmentRow | None:
    """Return the open assignment of one of the asker's units, the lead's first."""
    parts = [part for part in case.open_assignments() if {part.unit, part.handling_unit} & set(asker.units)]
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
    """Somebody of the district command center."""
    return CENTER in asker.units and case.case.lane == "ordinary"


def other_than_handler(case: TakenCase, asker: Asker) -> bool:
    """A verifying role, and not the person who handled: whoever judges a result did not make it (X-08)."""
    row = case.case
    may_verify = bool(VERIFYING_ROLES & {asker.role, *asker.roles}) and (
        CENTER in asker.units or row.subdistrict in asker.units or (row.lane != "ordinary" and row.lane in asker.lanes)
    )
    return may_verify and asker.person_id != row.handler


def involved(case: TakenCase, asker: Asker) -> bool:
    """Anybody who may see the case."""
    return bool(set(case.case.units) & set(asker.units))
