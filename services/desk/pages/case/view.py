"""Everything a case's page shows, read in one transaction as the person who asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.events.progress import ClockKind
from services.desk.api.desk import found_or_404
from services.desk.domain.case import CaseShown, ClockShown, PartShown, shown_case
from services.desk.domain.due import HowDue, how_due
from services.desk.domain.duplicates import Duplicates
from services.desk.domain.timeline import ENTRIES_MAX, Entry, entries_of
from services.desk.domain.whistles import WhistleShown, shown_whistle
from services.desk.domain.work_left import Deadline, WorkLeft, work_left
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.ports import Versions
from services.desk.queries.cases import added_in, case_by_id, facts_of, told_of
from services.desk.queries.duplicates import duplicates_of
from services.desk.store.inside import Colleague, Holder, UnitNote, colleagues_of, holders_of, notes_of
from services.desk.store.pictures import OF_CASE
from services.ledger.domain.acts import Asker
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life.who import lead
from services.ledger.domain.state import CaseDocument
from services.ledger.domain.taken import TakenCase
from services.worktime.arithmetic import add

NAMES = "select person_id, name from identity.names_of($1)"
REPORT_PICTURES = "select attachment_id, width, height from intake.pictures_of($1)"


@dataclass(frozen=True, slots=True)
class PictureShown:
    attachment_id: UUID
    width: int
    height: int
    about: str = ""
    unit: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one person sees it."""

    case: CaseShown
    entries: Sequence[Entry]
    clocks: Sequence[HowDue]
    names: dict[UUID, str]
    notes: Sequence[UnitNote]
    holders: Sequence[Holder]
    colleagues: Sequence[Colleague]
    reported: Sequence[PictureShown]
    work: Sequence[PictureShown]
    to_judge: Sequence[WhistleShown] = ()
    """Closed whistles with departments that nobody has judged yet."""
    return_until: datetime | None = None
    """Until when the lead can still pass the case on, where it is the person's."""
    return_left: WorkLeft | None = None
    left: Mapping[tuple[ClockKind, str, int], WorkLeft] = field(default_factory=dict)
    """Working time until running clocks are due, by kind, unit and cycle; nothing for those that run day and night."""
    alike: Duplicates

    @property
    def promise(self) -> ClockShown | None:
        """The clock of the word given to the resident."""
        return next((clock for clock in self.case.clocks if clock.kind == "promise"), None)

    @property
    def mine(self) -> PartShown | None:
        """The part of the person's unit that is still open."""
        return next((part for part in self.case.assignments if part.mine and part.ended_at is None), None)

    @property
    def running(self) -> Sequence[ClockShown]:
        return [clock for clock in self.case.clocks if clock.stopped_at is None]

    def work_left(self, clock: ClockShown) -> WorkLeft | None:
        return self.left.get((clock.kind, clock.unit, clock.cycle))

    @property
    def calls_left(self) -> Mapping[str, WorkLeft]:
        """Working time until those whom the open whistle calls must have come."""
        number = self.case.whistle.number if self.case.whistle else 0
        return {unit: left for (kind, unit, cycle), left in self.left.items() if (kind, cycle) == ("report_in", number)}

    @property
    def has_contact(self) -> bool:
        return any(report.has_contact for report in self.case.reports)


async def read_case(parts: PageParts, visit: Visit, case_id: UUID) -> CaseView:
    """Read the case. Raises Problem 404 where it is not theirs to see."""
    desk = parts.desk
    async with desk.reading(visit.session, "case") as asking:
        connection = asking.connection
        found = found_or_404(await case_by_id(asking, case_id), asking, case_id)
        facts = await facts_of(asking, case_id, 0, ENTRIES_MAX)
        added = await added_in(asking, facts)
        entries = list(entries_of(found.document, facts, 0, await told_of(asking, case_id), added))
        people = {entry.who.person for entry in entries if entry.who.person}
        names = await connection.fetch(NAMES, list(people))
        until, until_left = await _return_until(found.document, asking.asker, desk.versions, found.at)
        return CaseView(
            case=shown_case(found.document, asking.asker, found.at),
            entries=entries,
            clocks=[
                how_due(clock, await desk.versions.of(clock.calendar), found.at) for clock in found.document.clocks
            ],
            names={UUID(int=row["person_id"].int): row["name"] for row in names},
            notes=await notes_of(connection, case_id),
            holders=await holders_of(connection, [case_id]),
            colleagues=await colleagues_of(connection),
            reported=await _reported(connection, [report.report_id for report in found.document.case.reports]),
            work=[_picture(row) for row in await connection.fetch(OF_CASE, case_id)],
            to_judge=_to_judge(found.document),
            return_until=until,
            return_left=until_left,
            left=await _left(found.document, desk.versions, found.at),
            alike=await duplicates_of(asking, case_id),
        )


def _to_judge(document: CaseDocument) -> Sequence[WhistleShown]:
    closed = (whistle for whistle in document.whistles if whistle.closed_at and not whistle.wrong_because)
    return [shown_whistle(one, document.case, document.calls) for one in closed if one.evaluated_at is None]


async def _left(document: CaseDocument, versions: Versions, at: datetime) -> dict[tuple[ClockKind, str, int], WorkLeft]:
    left = {}
    for clock in document.clocks:
        city = await versions.of(clock.calendar)
        known = work_left(clock, city.calendar, at) if clock.stopped_at is None else None
        if known is not None:
            left[clock.kind, clock.unit, clock.cycle] = known
    return left


async def _return_until(
    document: CaseDocument, asker: Asker, versions: Versions, at: datetime
) -> tuple[datetime | None, WorkLeft | None]:
    case = TakenCase(document, epoch=0)
    if not lead(case, asker) or case.case.designated:
        return None, None
    city = await versions.of(case.case.reference_version)
    within = city.policies.return_within
    until = add(case.lead_assignment().opened_at, limit_of(within), city.calendar)
    return until, work_left(Deadline(within, until), city.calendar, at)


async def _reported(connection: Any, report_ids: Sequence[UUID]) -> Sequence[PictureShown]:
    found = []
    for report_id in report_ids:
        found += await connection.fetch(REPORT_PICTURES, report_id)
    return [PictureShown(UUID(int=row["attachment_id"].int), row["width"], row["height"]) for row in found]


def _picture(row: Any) -> PictureShown:
    attachment_id = UUID(int=row["attachment_id"].int)
    return PictureShown(attachment_id, row["width"], row["height"], row["about"], row["unit"], row["at"])
