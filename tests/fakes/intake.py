"""What intake's ports promise, in memory; the contract suite holds the reports to PostgreSQL's behaviour."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.chassis.pictures import Picture
from services.contracts.codec import decode
from services.contracts.events import ReportFollowedUp, ReportReceived
from services.contracts.events.report import FollowUpKind
from services.intake.domain.refusals import CannotStoreError, StillUndecidedError
from services.intake.domain.sensors import Sensor
from services.intake.domain.separate import Reported
from services.intake.ports import (
    Added,
    Claim,
    Earlier,
    Known,
    Moment,
    NewFollowUp,
    NewReport,
    Progress,
)

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday 2026-03-02, 12:00 in the district."""


@dataclass(slots=True)
class InMemorySensors:
    """Knows the sensors it is told of."""

    known: dict[str, Sensor] = field(default_factory=dict)

    async def find(self, sensor_id: str) -> Sensor | None:
        return self.known.get(sensor_id)


@dataclass(slots=True)
class InMemoryReports:
    """Keeps reports in a dictionary. Tests hold it, break it, and look inside."""

    rows: dict[UUID, NewReport] = field(default_factory=dict)
    keys: dict[UUID, tuple[bytes, UUID]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    outage: Exception | None = None
    unstorable: bytes | None = None
    """A body with these bytes is refused, as the database refuses a value."""
    held_elsewhere: set[UUID] = field(default_factory=set)
    serial: int = 0

    def __post_init__(self) -> None:
        self.open.set()

    async def begin(self, count: int, marks: Sequence[int] = ()) -> Moment:
        self.batches.append(count)
        await self.open.wait()
        if self.outage is not None:
            raise self.outage
        self.serial += count
        said = [
            (row.repeat_mark, decode(row.body, ReportReceived).report)
            for row in sorted(self.rows.values(), key=lambda row: row.report_id, reverse=True)
            if row.repeat_mark is not None and row.repeat_mark in marks
        ]
        return Moment(NOON, 1, range(self.serial - count + 1, self.serial + 1), said)

    async def accept_once(self, reports: Sequence[NewReport], moment: Moment) -> Mapping[UUID, Earlier]:
        if self.unstorable is not None and any(self.unstorable in report.body for report in reports):
            raise CannotStoreError
        if any(report.claim and report.claim.client_key in self.held_elsewhere for report in reports):
            raise StillUndecidedError
        taken = [report.claim.client_key for report in reports if report.claim and report.claim.client_key in self.keys]
        for report in reports:
            if report.claim is None or report.claim.client_key not in self.keys:
                self.rows[report.report_id] = report
                if report.claim is not None:
                    self.keys[report.claim.client_key] = (report.claim.fingerprint, report.report_id)
        return await self.made_by(taken)

    async def made_by(self, client_keys: Sequence[UUID]) -> Mapping[UUID, Earlier]:
        known = {key: self.keys[key] for key in client_keys if key in self.keys}
        return {
            key: Earlier(fingerprint, self._known(made), self.rows[made].repeats)
            for key, (fingerprint, made) in known.items()
        }

    async def find(self, epoch: int, serial: int) -> Known | None:
        found = [report_id for report_id, row in self.rows.items() if row.serial == serial and epoch == 1]
        return self._known(found[0]) if found else None

    def _known(self, report_id: UUID) -> Known:
        row = self.rows[report_id]
        return Known(report_id, row.serial, 1, NOON, row.key_id, row.lane)


@dataclass(slots=True)
class InMemoryFollowUps:
    """Keeps follow-ups in a list."""

    reports: InMemoryReports | None = None
    rows: list[NewFollowUp] = field(default_factory=list)

    async def now(self) -> datetime:
        return NOON

    async def was_added(self, claim: Claim) -> bool:
        return any(row.claim and row.claim.client_key == claim.client_key for row in self.rows)

    async def reported(self, report_id: UUID) -> Reported:
        assert self.reports is not None
        row = self.reports.rows[report_id]
        return Reported(decode(row.body, ReportReceived).report, row.barred_units)

    async def said_before(self, report_id: UUID) -> list[str]:
        added = [decode(row.body, ReportFollowedUp).text for row in self.rows if row.report_id == report_id]
        reported = self.reports.rows.get(report_id) if self.reports else None
        said = decode(reported.body, ReportReceived).report.text if reported else None
        return [text for text in (said, *added) if text]

    async def add_once(self, followup: NewFollowUp) -> Added:
        for row in self.rows:
            if row.claim and followup.claim and row.claim.client_key == followup.claim.client_key:
                return Added(row.followup_id, row.claim.fingerprint)
            same = (row.report_id, row.kind) == (followup.report_id, followup.kind)
            if same and row.about == followup.about and row.kind in {"withdrawal", "rating"}:
                return Added(None)
        self.rows.append(followup)
        return Added(followup.followup_id)

    async def added_to(self, report_id: UUID) -> list[tuple[FollowUpKind, datetime]]:
        return [(row.kind, row.at) for row in self.rows if row.report_id == report_id]


@dataclass(slots=True)
class InMemoryPapers:
    """Keeps the keys of papers."""

    keys: set[UUID] = field(default_factory=set)

    async def now(self) -> datetime:
        return NOON

    async def keep(self, client_key: UUID) -> None:
        self.keys.add(client_key)


@dataclass(slots=True)
class InMemoryTails:
    """Knows the tails of reports with a phone."""

    reports: InMemoryReports
    misses: dict[UUID, int] = field(default_factory=dict)

    async def tail_of(self, report_id: UUID) -> bytes | None:
        if self.misses.get(report_id, 0) >= 5:
            return None
        row = self.reports.rows.get(report_id)
        return row.tail_mac if row else None

    async def missed(self, report_id: UUID) -> None:
        self.misses[report_id] = self.misses.get(report_id, 0) + 1


@dataclass(slots=True)
class InMemoryCases:
    """What the ledger would say."""

    progress: dict[UUID, Progress] = field(default_factory=dict)

    async def progress_of(self, case_id: UUID) -> Progress | None:
        return self.progress.get(case_id)


@dataclass(slots=True)
class InMemoryPictures:
    """Keeps pictures; reports claim them by being written."""

    reports: InMemoryReports
    kept: dict[UUID, Picture] = field(default_factory=dict)

    async def keep(self, picture: Picture, attachment_id: UUID) -> None:
        self.kept[attachment_id] = picture

    async def claimable(self, attachment_ids: Sequence[UUID], report_id: UUID | None = None) -> frozenset[UUID]:
        others = {
            picture for known, row in self.reports.rows.items() if known != report_id for picture in row.attachments
        }
        return frozenset(one for one in attachment_ids if one in self.kept and one not in others)

    async def forget_lapsed(self) -> int:
        return 0
