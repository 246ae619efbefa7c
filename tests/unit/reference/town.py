"""A small town with every kind of unit, and short ways to say what a rule or a report is."""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import msgspec

from services.contracts.codec import event_id_of
from services.contracts.events import CaseReturned, Place, ReportFacts
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.model.calendars import CalendarYear
from services.reference.model.catalogue import Item
from services.reference.model.duties import AssetOwner, Duty
from services.reference.model.organisation import Polygon, Unit
from services.reference.model.rules import Rule
from services.reference.model.version import ReferenceVersion
from tests.builders import REFERENCE, an_id, the_policies

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""Monday 2026-03-02, 10:00 in the district."""
NIGHT = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
"""23:30 in the district."""
DAWN = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
"""04:30 of the next day in the district."""
HERE = Place(grid="grid-0101-01")
THERE = Place(grid="grid-0201-01")


def unit(unit_id: str, kind: Any, parent: str | None, **changes: Any) -> Unit:
    return Unit(id=unit_id, name_zh=unit_id, kind=kind, parent=parent, **changes)


def square(west: float, south: float, side: float = 0.01) -> tuple[Polygon, ...]:
    east, north = west + side, south + side
    return (Polygon((((west, south), (east, south), (east, north), (west, north), (west, south)),)),)


UNITS = (
    unit("district", "district", None),
    unit("district_command_center", "center", "district", supervisor="discipline_inspection"),
    unit("sub-01", "subdistrict", "district"),
    unit("sub-02", "subdistrict", "district"),
    unit("com-0101", "community", "sub-01"),
    unit("com-0201", "community", "sub-02"),
    unit("grid-0101", "grid", "com-0101", grid_level=2),
    unit("grid-0101-01", "grid", "grid-0101", grid_level=3, polygons=square(113.10, 41.00)),
    unit("grid-0101-02", "grid", "grid-0101", grid_level=3, polygons=square(113.11, 41.00)),
    unit("grid-0201-01", "grid", "com-0201", grid_level=2, polygons=square(113.12, 41.00)),
    *(unit(name, "department", "district") for name in ("drainage", "sanitation", "housing", "traffic_police")),
    unit("municipal_works", "department", "district"),
    unit("municipal_works@sub-01", "branch_office", "municipal_works", serves="sub-01"),
    unit("urban_management", "department", "district", supervisor="housing"),
    unit("police", "department", "district", lanes=("drugs",)),
    unit("political_legal", "department", "district", lanes=("stability",)),
    unit("petition_office", "department", "district", lanes=("petition",)),
    unit("discipline_inspection", "department", "district", lanes=("discipline",)),
    unit("water_company", "company", "district"),
    unit("good_homes", "company", "district", supervisor="housing"),
)


def item(code: str, lead: str, *cooperating: str, **changes: Any) -> Item:
    said = Item(
        code=code,
        domain_code=code[:2],
        domain_zh="域",
        domain_en="domain",
        name_zh=f"事项{code}",
        name_en=f"item_{code}",
        kind="incident",
        lead=lead,
        cooperating=cooperating,
        tier="D",
        urgency="normal",
        limit="1wd",
        source="I",
    )
    return msgspec.structs.replace(said, **changes)


ITEMS = (
    item("0101", "municipal_works", "asset_owner", "subdistrict", kind="component", urgency="emergency", limit="2uh"),
    item("0203", "drainage", "sanitation", kind="component"),
    item("0801", "sanitation", "subdistrict", tier="S", limit="4wh"),
    item("1001", "subdistrict", "urban_management", duty_of="urban_management", tier="S", urgency="urgent"),
    item("1503", "property_company", "police", urgency="emergency", limit="0.5uh"),
    item("2304", "police", urgency="sensitive", limit="0.5uh"),
    item("2401", "community", "police", duty_of="police", tier="C"),
    item("2403", "political_legal", urgency="sensitive", limit="0.5uh"),
    item("2404", "petition_office", urgency="statutory", limit="15d"),
    item("2405", "discipline_inspection", urgency="sensitive", limit="15d"),
)
DUTIES = (
    Duty(unit="sub-01", item="1001", admission="ZR-1", approved_on=date(2025, 12, 1)),
    Duty(unit="com-0101", item="2401", admission="ZR-2", approved_on=date(2025, 12, 1)),
)
OWNERS = (
    AssetOwner(role="asset_owner", area="sub-01", unit="water_company"),
    AssetOwner(role="property_company", area="com-0101", unit="good_homes"),
)


def rule(rule_id: str, **conditions: Any) -> Rule:
    return Rule(id=rule_id, **conditions)


@cache
def calendars() -> tuple[CalendarYear, ...]:
    paths = sorted((REFERENCE / "calendars").glob("*.json"))
    return tuple(msgspec.json.decode(path.read_bytes(), type=CalendarYear) for path in paths)


def a_version(*rules: Rule, **changes: Any) -> ReferenceVersion:
    version = ReferenceVersion(
        number=7,
        active_from=datetime(2026, 1, 1, tzinfo=UTC),
        organisation=UNITS,
        catalogue=ITEMS,
        rules=tuple(msgspec.structs.replace(rule, order=row) for row, rule in enumerate(rules, start=2)),
        duty_lists=DUTIES,
        asset_owners=OWNERS,
        policies=the_policies(),
        calendars=calendars(),
    )
    return msgspec.structs.replace(version, **changes)


def the_town(*rules: Rule, **changes: Any) -> CompiledReference:
    return compile_version(a_version(*rules, **changes))


def a_report(name: str = "report", **changes: Any) -> ReportFacts:
    report = ReportFacts(
        report_id=an_id(name),
        case_id=an_id(name),
        number="20260302-1",
        accepted_at=MORNING,
        channel="web",
        reporter_kind="resident",
        place=HERE,
    )
    return msgspec.structs.replace(report, **changes)


def a_return(report: ReportFacts, *tried: str, suggested: str = "", **changes: Any) -> CaseReturned:
    attempt = len(tried) + 1
    returned = CaseReturned(
        event_id=event_id_of(1, report.case_id, "returned", attempt),
        at=MORNING,
        attempt=attempt,
        reference_version=7,
        tried=tried,
        reason="不属于本部门职责",
        suggested=suggested,
        report=report,
    )
    return msgspec.structs.replace(returned, **changes)
