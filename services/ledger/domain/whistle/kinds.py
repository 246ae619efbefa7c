"""Blowing the whistle: by the clock or by hand, never two open at once (domain §6.3)."""

from collections.abc import Sequence
from datetime import datetime

from services.contracts.events.progress import Called, Whistle, WhistleKind
from services.ledger.domain.city import City
from services.ledger.domain.clocks import start_clock, stop_all
from services.ledger.domain.state import CENTER, CallRow, WhistleRow
from services.ledger.domain.taken import TakenCase


def whom_to_call(case: TakenCase, city: City) -> tuple[str, ...]:
    """Return the lead and cooperating departments a whistle calls; accused units and the grassroots are not called."""
    row = case.case
    named = dict.fromkeys((row.lead, *row.cooperating))
    return tuple(unit for unit in named if city.is_department(unit) and unit not in row.barred_units)


def can_blow(case: TakenCase, city: City) -> bool:
    """Whether the street has somebody to call: a subdistrict, a lead that is not itself, and departments."""
    row = case.case
    return row.subdistrict is not None and row.lead not in (row.subdistrict, CENTER) and bool(whom_to_call(case, city))


def blow(case: TakenCase, kind: WhistleKind, called: Sequence[str], now: datetime, city: City, reason: str) -> Whistle:
    """Open a whistle and start the report-in clock of every called department. `reason` empty: blown by the clock."""
    row = case.case
    row.whistles += 1
    row.whistle_open = row.whistles
    subdistrict = row.subdistrict or CENTER
    case.add(
        WhistleRow(
            case_id=row.case_id,
            number=row.whistles,
            kind=kind,
            subdistrict=subdistrict,
            automatic=not reason,
            reason=reason,
            blown_at=now,
        )
    )
    return Whistle(
        number=row.whistles,
        kind=kind,
        subdistrict=subdistrict,
        called=tuple(_call(case, unit, city.policies.whistle.report_in[kind], now, city) for unit in called),
        automatic=not reason,
        reason=reason,
    )


def _call(case: TakenCase, unit: str, limit: str, now: datetime, city: City) -> Called:
    row = case.case
    clock = start_clock(case, "report_in", unit, limit, now, city)
    clock.cycle = row.whistles  # the whistle's number is the cycle of its report-in clocks (design §3)
    due_at = clock.due_at
    case.add(CallRow(case_id=row.case_id, number=row.whistles, unit=unit, state="called", due_at=due_at))
    return Called(unit=unit, due_at=due_at)


def close_whistle(case: TakenCase, now: datetime) -> None:
    """Close the open whistle with its case; whoever has not come by then is no longer waited for."""
    whistle = case.open_whistle()
    if whistle is None:
        return
    whistle.closed_at = now
    case.case.whistle_open = None
    case.touch(whistle)
    stop_all(case, "report_in", now)
