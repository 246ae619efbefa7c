"""S1-08: 5 channels, same problem -> one case; no assignment row without due time (DB constraint)."""

import json
from typing import Any, Final

import pytest

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.contracts.events.report import ReportFacts
from services.intake.domain.sensors import Sensor, secret_of, shown
from services.notify.domain.signing import signed_headers
from tests.builders import a_dispatched_case, an_id
from tests.component.intake.window import KEYS, REPORTS, Window
from tests.environment.database import Database
from tests.fakes.intake import NOON
from tests.wire.ledger.alike import Room, a_room

pytestmark = pytest.mark.postgres

TEXT: Final = "建设路雨水箅子堵死，积水没过脚踝"
POINT: Final = {"longitude": 113.105, "latitude": 41.005}


async def reported_by_five_channels() -> list[ReportFacts]:
    """Report the same thing by web, grid worker, hotline import, counter and sensor; return what intake publishes."""
    window = Window()
    said: dict[str, Any] = {"text": TEXT, "item": "0203", "point": POINT, "grid": None}
    staff = window.token().secret
    await window.report(**said, channel="web")
    await window.report(token=staff, **said, channel="grid_worker")
    await window.report(token=staff, **said, channel="counter", contact={"phone": "13900001234", "name": "王某"})
    line = json.dumps({**said, "channel": "hotline", "idempotency_key": "call-1"}).encode()
    authorised = {"Authorization": f"Bearer {staff}"}
    await window.client.post(f"{REPORTS}:batch", content=line, headers=authorised)
    window.sensors.known["level-7"] = Sensor(
        sensor_id="level-7",
        name=TEXT,
        item="0203",
        **POINT,
        key_id=KEYS.current_id,
        generation=1,
        asked_at=NOON,
    )
    secret = shown(secret_of(KEYS.current.marking, "level-7", 1))
    signed = signed_headers("msg-1", NOON, b"{}", [secret])
    await window.client.post("/api/v1/sensors/level-7", content=b"{}", headers=signed)
    return [decode(row.body, ReportReceived).report for row in window.reports.rows.values()]


async def opened(room: Room, reports: list[ReportFacts]) -> None:
    async with room.office.openings.gate() as gate:
        await gate.open_once([a_dispatched_case(report=report, cooperating=()) for report in reports])


async def test_one_problem_by_five_channels_is_one_case_with_five_reports(database: Database) -> None:
    reports = await reported_by_five_channels()
    assert {report.channel for report in reports} == {"web", "grid_worker", "counter", "hotline", "sensor"}

    async with a_room(database) as room:
        await opened(room, reports)
        merged = await room.look()

        (row,) = await room.office.queue("drainage")
        shown = (await room.office.get("drainage", f"/api/v1/cases/{row['case_id']}")).json()
        assert (merged, len(shown["reports"])) == (4, 5)
        assert {report["channel"] for report in shown["reports"]} == {report.channel for report in reports}
        asked = ", ".join(f"('{report.case_id}'::uuid)" for report in reports)
        told = f"(values {asked}) r(id) cross join lateral ledger.public_progress(r.id) p where p.lead = 'drainage'"
        assert room.office.count(told) == 5


async def test_no_part_of_a_case_is_without_a_due_time(database: Database) -> None:
    async with a_room(database) as room:
        await room.open("case")

        for nothing in ("null", "'infinity'"):
            with pytest.raises(Exception, match=r"due_at|every_part_has_a_due_time"):
                room.office.database.run_sql(f"update ledger.assignments set due_at = {nothing}")
        assert room.office.count(f"ledger.assignments where case_id = '{an_id('case')}'") > 0
