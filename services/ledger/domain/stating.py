"""What a fact says of the case beside what happened: where it stands, who has it, its clocks."""

from services.contracts.codec import event_id_of
from services.contracts.events import Actor, CaseProgressed, ClockSnapshot
from services.contracts.events.progress import What
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.state import CaseDocument, ClockRow


def progressed(
    document: CaseDocument, what: What, actor: Actor, epoch: int, clocks: tuple[ClockSnapshot, ...]
) -> CaseProgressed:
    """Return the event for the case's present version, with the clocks as they stand."""
    case = document.case
    return CaseProgressed(
        event_id=event_id_of(epoch, case.case_id, "progressed", case.version),
        case_id=case.case_id,
        version=case.version,
        at=case.changed_at,
        what=what,
        actor=actor,
        state=case.state,
        number=case.number,
        reports=tuple(case.reports),
        accepted_at=case.accepted_at,
        item=case.item,
        place=document.decision.report.place,
        lane=case.lane,
        barred_units=tuple(case.barred_units),
        units=tuple(case.units),
        lead=case.lead,
        cooperating=tuple(case.cooperating),
        branch=case.branch,
        attempt=case.attempt,
        tier=case.tier,
        urgency=case.urgency,
        reference_version=case.reference_version,
        whistle_open=case.whistle_open,
        supervision_open=case.supervision_open,
        clocks=clocks,
    )


def snapshot(clock: ClockRow, reference_version: int) -> ClockSnapshot:
    """Return what the world may know of a clock; `reference_version` is its case's."""
    by_day = limit_of(clock.allowed).unit.follows_calendar
    return ClockSnapshot(
        kind=clock.kind,
        unit=clock.unit,
        cycle=clock.cycle,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        next_step=clock.next_step,
        next_at=clock.next_at,
        paused_at=clock.paused_at,
        stage=clock.stage,
        day_and_night=not by_day,
        calendar=clock.calendar if by_day and clock.calendar != reference_version else None,
    )
