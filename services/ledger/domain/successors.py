"""Units that have ended: what they had goes to whoever has the ground now, by the point of the case (S2-05)."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from services.contracts.events.dispatch import CaseDispatched
from services.contracts.events.moves import UnitMoved
from services.contracts.events.report import Place
from services.ledger.domain.city import City
from services.ledger.domain.state import CENTER, AssignmentRow, ClockRow
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.handing_on import hand_on_calls
from services.reference.deciding.organisation import Organisation


def replace_ended(case: TakenCase, old: City, new: City, now: datetime) -> tuple[UnitMoved, ...]:
    """Give open assignments of ended units to their successors, with the same due dates; return who was replaced."""
    before, after = old.organisation, new.organisation
    if before is None or after is None:
        return ()
    row, place = case.case, case.decision.report.place
    ended = [unit for unit in dict.fromkeys(_named(case, place)) if unit in before.units and unit not in after.units]
    if not ended:
        return ()
    ground = _ground(place, after)
    heir = {unit: _heir(unit, before, after, ground) for unit in ended}
    row.barred_units = [*dict.fromkeys((*row.barred_units, *(heir[unit] for unit in row.barred_units if unit in heir)))]
    heir = {unit: CENTER if who in row.barred_units else who for unit, who in heir.items()}
    _hand_over(case, heir, now)
    _rehome(case, ground, heir)
    hand_on_calls(case, heir, new, now)
    return tuple(UnitMoved(unit, who) for unit, who in heir.items())


def with_heirs(decision: CaseDispatched, old: City, new: City) -> CaseDispatched:
    """Return a decision that meets a later version than its own: what it gives to units that ended, their heirs have.

    Nothing would move the case afterwards: it begins with the version in force.
    """
    before, after, report = old.organisation, new.organisation, decision.report
    if before is None or after is None:
        return decision
    barred, place = decision.barred or report.accused, report.place
    named = (decision.lead, *decision.cooperating, *barred, *filter(None, _units_of(place).values()))
    ended = [unit for unit in dict.fromkeys(named) if unit in before.units and unit not in after.units]
    if not ended:
        return decision
    ground = _ground(place, after)
    heir = {unit: _heir(unit, before, after, ground) for unit in ended}
    notes = (*decision.because.notes, *(f"{unit} has ended: its work goes to {who}" for unit, who in heir.items()))
    lead = heir.get(decision.lead, decision.lead)
    return msgspec.structs.replace(
        decision,
        lead=lead,
        cooperating=tuple(dict.fromkeys(heir.get(unit, unit) for unit in decision.cooperating)),
        consulting=decision.consulting or (lead == CENTER != decision.lead),
        barred=tuple(dict.fromkeys((*barred, *(heir[unit] for unit in barred if unit in heir)))),
        because=msgspec.structs.replace(decision.because, notes=notes),
        report=msgspec.structs.replace(report, place=ground),
    )


def _named(case: TakenCase, place: Place) -> Iterable[str]:
    row = case.case
    parts = (unit for part in case.open_assignments() for unit in (part.unit, part.handling_unit))
    ground = (unit for unit in (row.subdistrict, place.community, place.grid) if unit is not None)
    calls = (call for call in case.document.calls if call.number == row.whistle_open and call.state == "called")
    called = (unit for call in calls for unit in (call.unit, call.branch) if unit is not None)
    return (row.lead, *row.cooperating, *parts, *ground, *row.barred_units, *called)


def _ground(place: Place, after: Organisation) -> Place:
    """Return the place as it lies now: by its point, else by its smallest unit that still exists."""
    if place.longitude is not None and place.latitude is not None:
        grid = after.grid_at(place.longitude, place.latitude)
        place = msgspec.structs.replace(place, grid=grid or place.grid)
    found = after.place_of(place)
    known = {name: unit if unit in after.units else None for name, unit in _units_of(found).items()}
    return msgspec.structs.replace(found, **known)


def _units_of(place: Place) -> dict[str, str | None]:
    return {"grid": place.grid, "community": place.community, "subdistrict": place.subdistrict}


def _heir(unit: str, before: Organisation, after: Organisation, ground: Place) -> str:
    """Return who has what `unit` had: its kind at the same place, a branch's department; else the command center."""
    known = before.unit(unit)
    if known.kind in ("subdistrict", "community", "grid"):
        return _units_of(ground)[known.kind] or ground.subdistrict or CENTER
    parent = known.parent if known.parent in after.department_set else None
    if known.kind == "branch_office" and parent is not None:
        return after.branch(parent, ground.subdistrict or "") or parent
    return parent or CENTER


def _hand_over(case: TakenCase, heir: dict[str, str], now: datetime) -> None:
    row = case.case
    row.lead = heir.get(row.lead, row.lead)
    helpers = (heir.get(unit, unit) for unit in row.cooperating)
    row.cooperating = [unit for unit in dict.fromkeys(helpers) if unit != row.lead and unit not in row.barred_units]
    row.branch = heir.get(row.branch, row.branch) if row.branch else row.branch
    for part in case.open_assignments():
        if part.unit in heir:
            _replace_part(part, heir[part.unit], case, now)
        elif part.handling_unit in heir:
            part.handling_unit = heir[part.handling_unit]
            case.touch(part)
    for clock in list(case.clocks):
        if clock.unit in heir and clock.stopped_at is None and clock.kind in ("sign_in", "handling", "stage"):
            _replace_clock(clock, heir[clock.unit], case, now)


def _replace_part(part: AssignmentRow, unit: str, case: TakenCase, now: datetime) -> None:
    same = next((other for other in case.open_assignments() if other.unit == unit and other.role == part.role), None)
    if same is None and (part.role == "lead" or unit != case.case.lead):
        case.add(msgspec.structs.replace(part, unit=unit, handling_unit=unit))
    part.state, part.ended_at = "ended", now
    case.touch(part)


def _replace_clock(clock: ClockRow, unit: str, case: TakenCase, now: datetime) -> None:
    """Let the clock run on under its new unit, as it ran: same start, same due date, same step owed."""
    running = any(known.kind == clock.kind and known.unit == unit for known in case.clocks if known.stopped_at is None)
    if not running or clock.kind == "stage":
        cycles = (known.cycle for known in case.clocks if known.kind == clock.kind and known.unit == unit)
        case.add(msgspec.structs.replace(clock, unit=unit, cycle=max(cycles, default=0) + 1))
    clock.stopped_at, clock.next_step, clock.next_at, clock.paused_at = now, None, None, None
    case.touch(clock)


def _rehome(case: TakenCase, ground: Place, heir: dict[str, str]) -> None:
    row, decision = case.case, case.decision
    row.subdistrict = ground.subdistrict
    report = msgspec.structs.replace(decision.report, place=ground)
    case.document.decision, case.decision_changed = msgspec.structs.replace(decision, report=report), True
    seeing = [heir.get(unit, unit) for unit in row.units]
    if row.lane == "ordinary":
        seeing += [unit for unit in (ground.subdistrict, ground.community) if unit is not None]
    row.units = [unit for unit in dict.fromkeys((row.lead, *seeing)) if unit not in row.barred_units]
