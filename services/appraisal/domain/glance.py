"""A first look at a fact: what every row needs. Most facts are openings, and this is the hot path."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from services.appraisal.domain.kept import Snapshot
from services.contracts.events import CaseProgressed, Event
from services.contracts.events.report import Lane
from services.contracts.events.whistles import Proposed


class WhatGlance(msgspec.Struct, frozen=True, gc=False):
    type: str
    because: msgspec.Raw = msgspec.Raw()
    """Of an opening its explanation; other facts say something else by this name."""
    proposals: tuple[Proposed, ...] = ()
    repeats: msgspec.Raw = msgspec.Raw()
    """Of an opening the report that it repeats; of a joined report whether it does."""

    @property
    def is_said_again(self) -> bool:
        """Whether the case is one person's same words once more."""
        return bytes(self.repeats) not in {b"", b"null", b"false"}


class ReportGlance(msgspec.Struct, frozen=True, gc=False):
    has_contact: bool = False


class PlaceGlance(msgspec.Struct, frozen=True, gc=False):
    grid: str | None = None
    community: str | None = None
    subdistrict: str | None = None


class ClockGlance(msgspec.Struct, frozen=True, gc=False):
    kind: str
    cycle: int
    due_at: datetime


class FactGlance(Event, frozen=True, kw_only=True, gc=False):
    """What of a `CaseProgressed` a snapshot is made from."""

    TYPE: ClassVar[str] = CaseProgressed.TYPE

    case_id: UUID
    version: int
    at: datetime
    what: WhatGlance
    number: str
    reports: tuple[ReportGlance, ...]
    accepted_at: datetime
    item: str | None = None
    place: PlaceGlance = PlaceGlance()
    lane: Lane = "ordinary"
    lead: str
    branch: str | None = None
    cooperating: tuple[str, ...] = ()
    clocks: tuple[ClockGlance, ...] = ()
    barred_units: tuple[str, ...] = ()


def snapshot_of(fact: FactGlance) -> Snapshot:
    """Return where the case stood after the fact."""
    due_at, last = None, 0
    for clock in fact.clocks:
        if clock.kind == "promise" and clock.cycle > last:
            due_at, last = clock.due_at, clock.cycle
    place = fact.place
    return Snapshot(
        fact.number,
        fact.accepted_at,
        due_at,
        fact.item,
        place.subdistrict,
        place.community,
        fact.lane,
        fact.lead,
        fact.branch,
        fact.cooperating,
        any(report.has_contact for report in fact.reports),
        last,
        bool(fact.barred_units),
    )
