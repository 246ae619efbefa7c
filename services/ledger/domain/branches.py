"""Branch offices (派驻机构): a department's office in a subdistrict works for that subdistrict only (S1-06)."""

from services.contracts.events.whistles import BranchAssigned
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.life import who
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.state import AssignmentRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import AssignBranch


def branch_of(unit: str, subdistrict: str | None, city: City) -> str | None:
    """Return the department's office in the subdistrict, if it has one there."""
    if city.organisation is None or subdistrict is None:
        return None
    return city.organisation.branch(unit, subdistrict)


def _may_assign(case: TakenCase, asker: Asker) -> bool:
    """Somebody of a department with a part in the case, or the street itself."""
    return who.street(case, asker) or any(part.unit in asker.units for part in case.open_assignments())


def _assign(case: TakenCase, asked: Asked) -> None:
    act: AssignBranch = asked.act
    part = _part(case, act.unit)
    if not who.street(case, asked.asker) and part.unit not in asked.asker.units:
        raise RefusedError("not-yours-to-do", "only the department itself or the street gives a part to an office")
    if act.branch not in (act.unit, branch_of(act.unit, case.case.subdistrict, asked.city)):
        raise RefusedError("not-its-branch", f"{act.branch} is not the office of {act.unit} in this subdistrict")
    if act.branch in case.case.barred_units:
        raise RefusedError("accused-unit", f"{act.branch} is accused in this case and cannot receive it")
    _hand_to(case, part, act.branch)
    case.state_fact(BranchAssigned(unit=act.unit, branch=act.branch), asked.actor, asked.now)


def _part(case: TakenCase, unit: str) -> AssignmentRow:
    part = next((part for part in case.open_assignments() if part.unit == unit), None)
    if part is None:
        raise RefusedError("not-its-part", f"{unit} has no open part in this case")
    return part


def _hand_to(case: TakenCase, part: AssignmentRow, branch: str) -> None:
    row = case.case
    part.handling_unit = branch
    if part.role == "lead":
        row.branch = None if branch == part.unit else branch
    row.units = [*dict.fromkeys((*row.units, branch))]
    case.touch(part)


TRANSITIONS = (
    Transition(
        act=AssignBranch,
        by=_may_assign,
        source=OPEN - {"handled"},
        needs="an open part, and the department's own office in this subdistrict",
        fact="branch_assigned",
        do=_assign,
    ),
)
