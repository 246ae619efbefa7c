"""Blowing the whistle: by the clock or by a person, never two open at once (domain §6.3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.events.whistles import Called, MeetingPoint, Whistle, WhistleKind
from services.ledger.domain.branches import branch_of
from services.ledger.domain.city import City
from services.ledger.domain.clocks import start_clock, stop_all
from services.ledger.domain.state import CENTER, CallRow, ClockRow, WhistleRow
from services.ledger.domain.taken import TakenCase
from services.reference.model.policies import WhistlePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Blowing:
    """A whistle to be blown. `reason` empty: by the clock."""

    kind: WhistleKind
    called: tuple[str, ...]
    reason: str = ""
    ongoing: bool = False
    meeting: MeetingPoint | None = None
    by: UUID | None = None


def whom_to_call(case: TakenCase, city: City) -> tuple[str, ...]:
    """Return the lead and cooperating departments a whistle calls; accused units and the grassroots are not called."""
    row = case.case
    named = dict.fromkeys((row.lead, *row.cooperating))
    return tuple(unit for unit in named if city.is_department(unit) and unit not in row.barred_units)


def can_blow(case: TakenCase, city: City) -> bool:
    """Whether the street has somebody to call: a subdistrict, a lead that is not itself, and departments."""
    row = case.case
    return row.subdistrict is not None and row.lead not in (row.subdistrict, CENTER) and bool(whom_to_call(case, city))


def blow(case: TakenCase, blowing: Blowing, now: datetime, city: City) -> Whistle:
    """Open a whistle and start the clocks of the called departments and, where its kind has one, of the result."""
    row, policy = case.case, city.policies.whistle
    row.whistles += 1
    row.whistle_open = row.whistles
    subdistrict = row.subdistrict or CENTER
    case.add(
        WhistleRow(
            case_id=row.case_id,
            number=row.whistles,
            kind=blowing.kind,
            subdistrict=subdistrict,
            automatic=not blowing.reason,
            reason=blowing.reason,
            blown_at=now,
            ongoing=blowing.ongoing,
            blown_by=blowing.by,
            meeting=blowing.meeting,
        )
    )
    called = tuple(_call(case, unit, blowing, now, city) for unit in blowing.called)
    # Offices that are called see the case from now on, and so do departments called from outside.
    offices = (call.branch for call in called if call.branch is not None)
    row.units = [*dict.fromkeys((*row.units, *blowing.called, *offices))]
    within = policy.result_within.get(blowing.kind)
    result_by = None if within is None else _clock(case, "result", "", within, now, city).due_at
    return Whistle(
        number=row.whistles,
        kind=blowing.kind,
        subdistrict=subdistrict,
        called=called,
        automatic=not blowing.reason,
        reason=blowing.reason,
        ongoing=blowing.ongoing,
        result_by=result_by,
        meeting=blowing.meeting,
    )


def report_in_limit(policy: WhistlePolicy, kind: WhistleKind, *, ongoing: bool) -> str:
    """Return until when a called department must come: sooner while it is going on, where the policy says so."""
    return policy.report_in_ongoing.get(kind, policy.report_in[kind]) if ongoing else policy.report_in[kind]


def _call(case: TakenCase, unit: str, blowing: Blowing, now: datetime, city: City) -> Called:
    row = case.case
    limit = report_in_limit(city.policies.whistle, blowing.kind, ongoing=blowing.ongoing)
    clock = _clock(case, "report_in", unit, limit, now, city)
    branch = branch_of(unit, row.subdistrict, city)
    branch = None if branch in row.barred_units else branch
    answers = case.on_duty.get(branch or unit) or case.on_duty.get(unit)
    leads = row.lead if row.lead in blowing.called else blowing.called[0]
    call = CallRow(
        case_id=row.case_id,
        number=row.whistles,
        unit=unit,
        state="called",
        due_at=clock.due_at,
        role="lead" if unit == leads else "cooperating",
        branch=branch,
        person_called=None if answers is None else answers.person,
        head_called=answers is not None and answers.head,
    )
    case.add(call)
    return Called(
        unit=unit,
        due_at=call.due_at,
        role=call.role,
        branch=branch,
        person=call.person_called,
        head_called=call.head_called,
    )


def _clock(case: TakenCase, kind: str, unit: str, limit: str, now: datetime, city: City) -> ClockRow:
    clock = start_clock(case, kind, unit, limit, now, city)  # type: ignore[arg-type]
    clock.cycle = case.case.whistles  # the whistle's number is the cycle of its clocks (design §3)
    return clock


def close_whistle(case: TakenCase, now: datetime) -> None:
    """Close the open whistle; whoever has not come by then is no longer waited for."""
    whistle = case.open_whistle()
    if whistle is None:
        return
    whistle.closed_at = now
    case.case.whistle_open = None
    case.touch(whistle)
    stop_all(case, "report_in", now)
    stop_all(case, "result", now)
