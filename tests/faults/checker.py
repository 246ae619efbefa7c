"""The checker: what must be true of the tables after healing, by rules of its own, not by the ledger's code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.ledger.domain.ladder import day_end
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.decide import decide
from services.reference.model.policies import AfterDue, DayEnd, Fraction, Ladder
from services.worktime.arithmetic import add, fraction_instant
from services.worktime.limits import Limit

FACTS: Final = """
    select c.number, c.lead, c.version, c.attempt, array_agg(f.version order by f.version) as versions
    from ledger.cases c join ledger.facts f using (case_id)
    where f.topic = 'case.progressed.v1' group by c.case_id
"""
LEADS: Final = """
    select c.number from ledger.cases c where 1 <> (
        select count(*) from ledger.assignments a
        where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null)
        and c.closed_at is null and c.duplicate_of is null
"""
REPORTS: Final = "select body from intake.reports"
CLOCKS: Final = """
    select k.* from ledger.clocks k join ledger.cases c using (case_id) where c.duplicate_of is null
"""
"""A merged case owes nothing: the one that goes on for it does."""
STEPS: Final = """
    select s.case_id, s.kind, s.unit, s.cycle, s.step, s.owed_at, s.effective_at
    from ledger.steps s join ledger.cases c using (case_id) where c.duplicate_of is null
"""
UNTOLD: Final = """
    select count(*) from ledger.facts f where f.topic = 'case.progressed.v1'
        and not exists (select from notify.messages m where m.case_id = f.case_id and m.version = f.version)
"""
LEFT: Final = "select (select count(*) from intake.pending) + (select count(*) from ledger.pending)"
REPAIRED: Final = "select count(*) from reconciler.missing where resends > 0"
DEAD: Final = "select reason from delivery.dead_letters"


@dataclass(slots=True)
class Findings:
    """Everything that is wrong; empty lists are what a run must end with."""

    lost: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    """Cases of reports that nobody got a receipt for: the same report taken in twice."""
    doubled: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    ownerless: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    untold: int = 0
    left_pending: int = 0
    repaired: int = 0
    """What the reconciler had to send again although Kafka kept its data: a hop let go of something."""
    dead_letters: list[str] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        """Return only what is wrong."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value[:5] if isinstance(value, list) else value for name, value in found.items() if value}


async def check(connection: Any, accepted: Sequence[str], reference: CompiledReference, now: datetime) -> Findings:
    """Compare the tables with what the clients were told and with what the ladder owed by `now`."""
    findings = Findings()
    cases = {row["number"]: row for row in await connection.fetch(FACTS)}
    findings.lost = [number for number in accepted if number not in cases]
    findings.doubled = sorted({number for number in accepted if list(accepted).count(number) > 1})
    findings.unasked = sorted(set(cases) - set(accepted))
    findings.gaps = [number for number, row in cases.items() if row["versions"] != list(range(1, row["version"] + 1))]
    findings.ownerless = [row[0] for row in await connection.fetch(LEADS)]
    findings.astray = await _astray(connection, cases, reference)
    await _check_steps(connection, reference, now, findings)
    findings.untold = await connection.fetchval(UNTOLD)
    findings.repaired = await connection.fetchval(REPAIRED)
    findings.left_pending = await connection.fetchval(LEFT)
    findings.dead_letters = [row[0] for row in await connection.fetch(DEAD)]
    return findings


async def _astray(connection: Any, cases: Mapping[str, Any], reference: CompiledReference) -> list[str]:
    """Cases that do not stand with the lead that the rules name for their report."""
    found = []
    for row in await connection.fetch(REPORTS):
        report = decode(row["body"], ReportReceived).report
        case = cases.get(report.number)
        if case is not None and case["attempt"] == 1 and case["lead"] != decide(report, reference, 1).lead:
            found.append(f"{report.number}: {case['lead']}")
    return found


async def _check_steps(connection: Any, reference: CompiledReference, now: datetime, findings: Findings) -> None:
    taken = {
        (row["case_id"], row["kind"], row["unit"], row["cycle"], row["step"]): row
        for row in await connection.fetch(STEPS)
    }
    owed = {}
    for clock in await connection.fetch(CLOCKS):
        ladder = reference.policies.ladders[clock["ladder"]]
        by = min(now, clock["stopped_at"] or now)
        for step, at in _instants(ladder, clock, reference):
            if at <= by:
                owed[clock["case_id"], clock["kind"], clock["unit"], clock["cycle"], step] = at
    findings.missed = [f"{key[1:]} owed {owed[key]}" for key in owed if key not in taken]
    findings.false = [f"{key[1:]}" for key in taken if key not in owed]
    findings.early = [f"{key[1:]}" for key, row in taken.items() if row["effective_at"] < owed.get(key, row["owed_at"])]


def _instants(ladder: Ladder, clock: Mapping[str, Any], reference: CompiledReference) -> list[tuple[str, datetime]]:
    """Return the ladder's steps with their instants, computed from the clock's start and limit alone."""
    limit, calendar = Limit.parse(clock["allowed"]), reference.calendar
    due = add(clock["started_at"], limit, calendar)
    instants: list[tuple[str, datetime]] = []
    floor = clock["started_at"] - timedelta(0)
    for rung in ladder.rungs:
        candidates = []
        for moment in rung.at:
            match moment:
                case Fraction(share=share):
                    candidates.append(fraction_instant(clock["started_at"], limit, share, calendar))
                case AfterDue(limit=after):
                    candidates.append(add(due, Limit.parse(after), calendar))
                case DayEnd():
                    candidates.append(day_end(clock["started_at"], calendar))
        floor = max(floor, min(candidates))
        instants.append((rung.step, floor))
    return instants
