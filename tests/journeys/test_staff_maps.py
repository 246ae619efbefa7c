"""A pin on the map: the street says where to meet, and a clerk says what it really is; the case finds its way."""

from functools import cache
from typing import Any

import msgspec
import pytest
from playwright.async_api import expect

from deploy.embedded.state import PROJECT
from services.reference.deciding.compile import compile_version
from services.reference.sheets.district import read_version
from tests.journeys.browsing import Browsing, told_elsewhere
from tests.journeys.running_city import Filed, RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

STREET = "sub-03"
MEETING = "select meeting from ledger.whistles where case_id = $1"
SECOND = "select lead || ' ' || item from ledger.cases where case_id = $1 and attempt = 2"
PROMISE = "select due_at from ledger.clocks where case_id = $1 and kind = 'promise'"
GRID = "select decision #>> '{report,place,grid}' from ledger.cases where case_id = $1"
PINNED = """
    select convert_from(body, 'UTF8')::jsonb #>> '{what,place,grid}' from ledger.facts
    where case_id = $1 and topic = 'case.progressed.v1'
        and convert_from(body, 'UTF8')::jsonb #>> '{what,type}' = 'corrected'
"""
LEAD = "select lead from ledger.cases where case_id = $1"


@cache
def a_point() -> dict[str, Any]:
    """Return the middle of a grid of the street."""
    known = compile_version(read_version(PROJECT / "deploy/reference", PROJECT / "deploy/demo/district")).organisation
    grids = (unit for unit in known.units.values() if unit.polygons and known.is_under(unit.id, (STREET,)))
    corners = next(grids).polygons[0].rings[0][:-1]
    longitude, latitude = (sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1))
    return {"longitude": longitude, "latitude": latitude, "crs": "wgs84"}


async def reported(city: RunningCity, text: str) -> tuple[Filed, str]:
    filed = await city.report(text, point=a_point())
    lead: str = await city.superuser.fetchval(LEAD, filed.case_id)
    return filed, lead


async def test_the_street_pins_on_a_phone_where_to_meet(city: RunningCity, browsers: Browsing) -> None:
    filed, _ = await reported(city, "积水没过脚踝，雨水箅子堵死了")
    officer = await browsers.person(STREET, "subdistrict_coordinator", phone=True)
    page, form = officer.page, 'details[data-act="whistle"]'

    await page.goto(f"{browsers.desk}/cases/{filed.case_id}?act=whistle")
    await page.wait_for_selector(f"{form} canvas")
    # The map begins at the case, in its middle: beside it is the street's ground, at the edge another's.
    middle = await page.eval_on_selector(f"{form} .map", "box => [box.clientWidth / 2, box.clientHeight / 2]")
    await page.locator(f"{form} .map").click(position={"x": middle[0] + 12, "y": middle[1] + 4})
    barriers = await officer.barriers()
    await page.fill(f'{form} [name="f.reason"]', "需要现场会合")
    await page.fill(f'{form} [name="f.place"]', "南街 6 号门前")
    await page.click(f"{form} button.first")
    await page.wait_for_selector(".notice.good")

    meeting = msgspec.json.decode(await city.superuser.fetchval(MEETING, filed.case_id))
    assert meeting["place"] == "南街 6 号门前"
    assert abs(meeting["longitude"] - a_point()["longitude"]) < 0.01
    await page.goto(f"{browsers.desk}/subdistrict")
    await page.click("details.ground summary")
    await page.wait_for_selector("details.ground canvas")
    barriers += await officer.barriers()
    assert (barriers, told_elsewhere(browsers.people)) == ([], [])
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_corrected_category_finds_its_department_and_the_promise_stays(
    city: RunningCity, browsers: Browsing
) -> None:
    filed, lead = await reported(city, "路灯不亮，晚上看不见路")
    promised = await city.superuser.fetchval(PROMISE, filed.case_id)
    clerk = await browsers.person(lead)
    page, form = clerk.page, 'details[data-act="correct"]'

    await page.click(f'tr[data-case="{filed.case_id}"] a.open')
    await page.click("details.others > summary")
    await page.click(f"{form} > summary")
    await page.wait_for_selector(f"{form} canvas")
    await page.fill(f'{form} [name="f.item"]', "雨水箅堵塞")
    await page.fill(f'{form} [name="f.reason"]', "群众说的是积水")
    await page.click(f"{form} button.first")
    await page.wait_for_selector("#detail .notice.good")

    async def again() -> str | None:
        second: str | None = await city.superuser.fetchval(SECOND, filed.case_id)
        return second

    found: str = await eventually(again, within_seconds=60)
    assert lead != "drainage"
    assert found == "drainage 0203"
    assert await city.superuser.fetchval(PROMISE, filed.case_id) == promised
    assert told_elsewhere(browsers.people) == []


async def test_a_corrected_place_is_a_pin_on_the_map(city: RunningCity, browsers: Browsing) -> None:
    filed, lead = await reported(city, "路灯不亮，不是报的那条街")
    clerk = await browsers.person(lead)
    page, form = clerk.page, 'details[data-act="correct"]'
    before = await city.superuser.fetchval(GRID, filed.case_id)

    await page.goto(f"{browsers.desk}/cases/{filed.case_id}?act=correct")
    await page.wait_for_selector(f"{form} canvas")
    # The map begins at the case; a hundred points on is another grid.
    middle = await page.eval_on_selector(f"{form} .map", "box => [box.clientWidth / 2, box.clientHeight / 2]")
    await page.locator(f"{form} .map").click(position={"x": middle[0] + 100, "y": middle[1]})
    await page.fill(f'{form} [name="f.reason"]', "现场在另一条街")
    await page.click(f"{form} button.first")
    await page.wait_for_selector(".notice.good")

    facts = await city.facts_of(filed)
    after = await city.superuser.fetchval(PINNED, filed.case_id)
    assert "corrected" in facts
    assert (bool(before), bool(after), before == after) == (True, True, False)
    await page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await expect(page.locator(".timeline")).to_contain_text("现场在另一条街")
    assert told_elsewhere(browsers.people) == []
