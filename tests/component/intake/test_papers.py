"""Papers of a counter: one report each, under the clerk's unit, dated as written and promised from the acceptance."""

from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.contracts.events.report import ReportFacts, TakenIn
from tests.builders import an_id
from tests.component.intake.window import Window
from tests.fakes.intake import NOON

TODAY = NOON.date()
PAPER = {"channel": "counter", "paper": "桥西-2026-0017", "reported_on": (TODAY - timedelta(days=3)).isoformat()}


async def entered(window: Window, name: str = "worker", **fields: Any) -> httpx2.Response:
    return await window.report(token=window.token(name, "clerk").secret, **{**PAPER, **fields})


def reports_of(window: Window) -> list[ReportFacts]:
    return [decode(row.body, ReportReceived).report for row in window.reports.rows.values()]


async def test_a_paper_keeps_its_date_and_who_took_it_in(window: Window) -> None:
    answer = await entered(window, contact={"name": "王某", "phone": "13900001234", "reply_channel": "phone"})

    (report,) = reports_of(window)
    assert answer.status_code == 201, answer.text
    assert report.taken_in == TakenIn(
        person=an_id("worker"),
        unit="grid-0101-01",
        role="clerk",
        paper="桥西-2026-0017",
        reported_on=TODAY - timedelta(days=3),
    )
    assert report.accepted_at == NOON


@pytest.mark.parametrize("written", ["桥西-2026-0017", " 桥西－２０２６－００１７ ", "桥西-2026- 0017"])
async def test_a_paper_entered_twice_is_one_report_whoever_enters_it(window: Window, written: str) -> None:
    first = await entered(window)
    again = await entered(window, "another", paper=written, text="字迹不清，重录一遍")

    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(window.reports.rows) == 1


async def test_a_paper_in_a_list_is_the_same_paper(window: Window) -> None:
    first = await entered(window)
    token = window.token("worker", "clerk").secret
    line = httpx2.Request("POST", "http://x", json={**PAPER, "text": "同一张纸", "idempotency_key": "row-1"}).content
    answer = await window.client.post(
        "/api/v1/reports:batch", content=line, headers={"Authorization": f"Bearer {token}"}
    )

    assert (answer.json()["number"], answer.json()["replayed"]) == (first.json()["number"], True)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"paper": "13900001234"}, "paper", id="a-phone-number-is-no-paper-number"),
        pytest.param({"paper": "<b>17</b>"}, "paper", id="signs-that-no-paper-has"),
        pytest.param({"reported_on": (TODAY + timedelta(days=1)).isoformat()}, "reported_on", id="dated-tomorrow"),
        pytest.param({"reported_on": date(2016, 3, 2).isoformat()}, "reported_on", id="dated-ten-years-ago"),
        pytest.param({"reported_on": None}, "reported_on", id="without-a-date"),
        pytest.param({"paper": None}, "paper", id="a-date-of-no-paper"),
        pytest.param({"channel": "grid_worker"}, "paper", id="not-at-a-counter"),
    ],
)
async def test_what_is_no_paper_is_refused_by_its_field(window: Window, fields: dict[str, Any], field: str) -> None:
    answer = await entered(window, **fields)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not window.reports.rows


async def test_a_paper_is_found_again_by_a_clerk_of_its_unit_only_by_its_number(window: Window) -> None:
    number = (await entered(window)).json()["number"]
    authorised = {"Authorization": f"Bearer {window.token('worker', 'clerk').secret}"}

    found = await window.client.post("/api/v1/papers:find", json={"paper": "桥西-2026-0017"}, headers=authorised)
    other = await window.client.post("/api/v1/papers:find", json={"paper": "桥西-2026-0018"}, headers=authorised)
    nobody = await window.client.post("/api/v1/papers:find", json={"paper": "桥西-2026-0017"})

    assert (found.json()["number"], other.status_code, nobody.status_code) == (number, 404, 401)
    assert found.json()["progress"] == {"state": "accepted"}
