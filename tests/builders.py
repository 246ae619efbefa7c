"""Values for tests: what they leave open has a default that nobody should rely on."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.contracts.codec import NAMESPACE, event_id_of
from services.contracts.events import CaseDispatched, Explanation, Limits, Place, ReportFacts
from services.ledger.domain.city import City
from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.model.policies import Policies
from services.worktime.calendar import Calendar

MONDAY_NOON = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday 2026-03-02, 09:00 in the district: an ordinary working morning."""
REFERENCE = Path(__file__).parents[1] / "deploy" / "reference"


def an_id(name: str) -> UUID:
    """Return the same id for the same name."""
    return uuid5(NAMESPACE, name)


def a_report(name: str = "case", **changes: Any) -> ReportFacts:
    report = ReportFacts(
        report_id=an_id(name),
        case_id=an_id(name),
        number=f"20260302-{name}",
        accepted_at=MONDAY_NOON,
        channel="one_key",
        reporter_kind="resident",
        has_contact=True,
        place=Place(grid="grid-1", community="com-0101", subdistrict="sub-01"),
        text="井盖缺失",
    )
    return msgspec.structs.replace(report, **changes)


def a_dispatched_case(name: str = "case", report: ReportFacts | None = None, **changes: Any) -> CaseDispatched:
    decision = CaseDispatched(
        event_id=event_id_of(1, an_id(name), "dispatched", changes.get("attempt", 1)),
        attempt=1,
        lead="drainage",
        cooperating=("municipal_works", "sanitation"),
        tier="D",
        urgency="normal",
        item="0203",
        limits=Limits(promise="2wd", sign_in="4wh", handling="1wd", verification="1wd", follow_up="1wd"),
        reference_version=1,
        because=Explanation(rule="item-0203", matched=("item 0203",)),
        report=report or a_report(name),
    )
    return msgspec.structs.replace(decision, **changes)


def the_policies() -> Policies:
    return msgspec.json.decode((REFERENCE / "policies.json").read_bytes(), type=Policies)


@cache
def the_calendar() -> Calendar:
    years = sorted((REFERENCE / "calendars").glob("*.json"))
    return calendar_of([msgspec.json.decode(path.read_bytes(), type=CalendarYear) for path in years], "working_hours")


def a_city(**changes: Any) -> City:
    units = frozenset(
        {"drainage", "municipal_works", "sanitation", "traffic_police", "district_command_center", "sub-01"}
    )
    city = City(
        number=1,
        calendar=the_calendar(),
        policies=the_policies(),
        departments=units - {"district_command_center", "sub-01"},
        units=units,
        items=frozenset({"0203", "0501"}),
    )
    return replace(city, **changes)
