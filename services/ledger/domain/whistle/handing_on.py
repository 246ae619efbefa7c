"""A called department that has ended is no longer waited for: its successor is, until the same instant (S2-05)."""

from datetime import datetime

import msgspec

from services.ledger.domain.branches import branch_of
from services.ledger.domain.city import City
from services.ledger.domain.clocks import stop
from services.ledger.domain.state import CallRow
from services.ledger.domain.taken import TakenCase


def hand_on_calls(case: TakenCase, heir: dict[str, str], city: City, now: datetime) -> None:
    """Let the successors of ended units answer the open whistle; who came, or did not in time, stays as it was.

    The command center answers for a department without a successor. Nobody is called twice, and no street by itself.
    """
    number = case.case.whistle_open
    for call in [call for call in case.document.calls if call.number == number and call.state == "called"]:
        if call.unit in heir:
            _hand_on(case, call, heir[call.unit], city, now)
        elif call.branch in heir:
            call.branch = _office(case, call.unit, city)
            case.touch(call)


def _hand_on(case: TakenCase, call: CallRow, unit: str, city: City, now: datetime) -> None:
    clocks = list(case.running("report_in", call.unit))
    if unit not in (case.case.subdistrict, *case.case.barred_units) and case.call(call.number, unit) is None:
        office = _office(case, unit, city)
        # Who is on duty there is not known here; the queue of the unit and of its office shows the call.
        case.add(msgspec.structs.replace(call, unit=unit, branch=office, person_called=None, head_called=False))
        case.case.units = [*dict.fromkeys((*case.case.units, *filter(None, (unit, office))))]
        for clock in clocks:
            case.add(msgspec.structs.replace(clock, unit=unit))
    call.state = "handed_on"
    case.touch(call)
    for clock in clocks:
        stop(clock, case, now)


def _office(case: TakenCase, unit: str, city: City) -> str | None:
    office = branch_of(unit, case.case.subdistrict, city)
    return None if office in case.case.barred_units else office
