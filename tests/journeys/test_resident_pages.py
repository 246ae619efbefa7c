"""Residents on their phones, in a real browser against the running system."""

import re
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.async_api import Browser, Page, Request, Route, expect

from deploy.embedded.running import System
from services.ledger.domain.acts import SignIn
from tests.component.intake.test_pictures import a_picture
from tests.environment.browser import PHONE, Screen, screen_in
from tests.journeys.running_city import Filed, RunningCity

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

CODE = re.compile(r"(\d{8}-\d-\d{6}-\d)-[A-Z2-7]{26}")
FLOODED = "建设路东口雨水箅子堵了，积水没过脚踝"


async def a_phone(browser: Browser, system: System, path: str, **options: Any) -> Screen:
    screen = await screen_in(browser, PHONE, **options)
    await screen.page.goto(system.url("intake-api") + path)
    return screen


async def filed_from(city: RunningCity, page: Page) -> tuple[Filed, str]:
    """Return the case of the receipt that the page shows, and its tracking code."""
    text = await page.locator(".code:visible").inner_text()
    found = CODE.search(text)
    assert found is not None, text
    case_id = await city.opened(found[1])
    return Filed(None, case_id), found[0]  # type: ignore[arg-type]  # the receipt stays with the resident


async def test_a_report_made_without_network_is_kept_and_sent_once_there_is_one(
    city: RunningCity, browser: Browser
) -> None:
    phone = await a_phone(browser, city.system, "/report")
    page = phone.page
    await page.fill("#text", FLOODED)
    await page.click("#open-map")
    await page.wait_for_selector("#map canvas")
    await page.click("#map", position={"x": 150, "y": 160})
    await expect(page.locator("#pin-told")).to_contain_text("已定位")
    photo: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    await page.set_input_files("#photo", photo)
    await page.wait_for_selector("#photos img")

    await phone.context.set_offline(True)
    await page.click("#send")
    await expect(page.locator("#kept")).to_contain_text("现在没有网络")
    await phone.context.set_offline(False)
    await page.wait_for_selector("#sent:visible")

    filed, _ = await filed_from(city, page)
    attached = await city.superuser.fetchval(
        "select count(*) from intake.attachments where report_id = $1", filed.case_id
    )
    placed = await city.superuser.fetchval(
        "select decision #>> '{report,place,grid}' from ledger.cases where case_id = $1", filed.case_id
    )
    assert attached == 1
    assert placed, "the pin found its grid"
    assert (phone.foreign, phone.errors) == ([], [])


def a_large_photo() -> bytes:
    """Return a JPEG as a phone takes it."""
    out = BytesIO()
    Image.linear_gradient("L").resize((4_000, 3_000)).save(out, "JPEG")
    return out.getvalue()


async def test_a_report_whose_answer_was_lost_is_sent_again_by_the_next_page_and_stays_one(
    city: RunningCity, browser: Browser
) -> None:
    phone = await a_phone(browser, city.system, "/report?community=com-0101")
    page, taken, pictures = phone.page, [], []
    before = await city.superuser.fetchval("select count(*) from intake.reports")

    async def lose_the_answer(route: Route) -> None:
        taken.append((await (await route.fetch()).json())["number"])
        await route.abort()

    phone.context.on("request", lambda asked: pictures.append(asked.post_data_buffer) if is_picture(asked) else None)
    await page.route("**/api/v1/reports", lose_the_answer, times=1)
    large: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_large_photo()}
    await page.set_input_files("#photo", large)
    await page.wait_for_selector("#photos img")
    await page.fill("#text", FLOODED)
    await page.click("#send")
    await expect(page.locator("#kept")).to_be_visible()
    await page.close()

    again = await phone.context.new_page()
    await again.goto(city.system.url("intake-api") + "/report")
    await again.wait_for_selector("#sent:visible")

    assert await again.locator("#sent [data-number]").inner_text() == taken[0]
    assert await city.superuser.fetchval("select count(*) from intake.reports") == before + 1
    assert [Image.open(BytesIO(picture)).size for picture in pictures] == [(1_600, 1_200)]
    await city.opened(taken[0])


def is_picture(asked: Request) -> bool:
    return asked.method == "POST" and asked.url.endswith("/api/v1/attachments")


async def test_the_phone_says_where_it_is(city: RunningCity, browser: Browser) -> None:
    async with httpx2.AsyncClient(base_url=city.system.url("intake-api"), timeout=60, trust_env=False) as http:
        ring = (await http.get("/report/places.json")).json()["areas"][0]["rings"][0][0]
    latitude, longitude = (sum(corner[axis] for corner in ring[:-1]) / len(ring[:-1]) for axis in (0, 1))
    here: Any = {"latitude": latitude, "longitude": longitude}
    phone = await a_phone(browser, city.system, "/report", geolocation=here, permissions=["geolocation"])
    page = phone.page

    await page.click("#locate")
    await expect(page.locator("#pin-told")).to_contain_text("已定位")
    await page.fill("#text", FLOODED)
    await page.click("#send")
    await page.wait_for_selector("#sent:visible")

    filed, _ = await filed_from(city, page)
    placed = await city.superuser.fetchval(
        "select decision #>> '{report,place,grid}' from ledger.cases where case_id = $1", filed.case_id
    )
    assert placed, "the place found its grid"
    assert (phone.foreign, phone.errors) == ([], [])


async def test_a_resident_follows_the_report_by_the_code_behind_the_hash(city: RunningCity, browser: Browser) -> None:
    phone = await a_phone(browser, city.system, "/report?community=com-0101")
    page = phone.page
    await page.fill("#text", FLOODED)
    await page.click("#send")
    await page.wait_for_selector("#sent:visible")
    filed, code = await filed_from(city, page)
    lead = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", filed.case_id)
    await city.act(filed, lead, SignIn())

    await page.goto(f"{city.system.url('intake-api')}/track#{code}")

    await expect(page.locator(".state")).to_have_text("部门正在办理")
    await expect(page.locator(".steps .done")).to_have_count(2)
    assert page.url.endswith("/track"), "the code is in no address"
    await page.fill("#more", "水更深了")
    await page.click("#add button")
    await expect(page.locator(".notice.good")).to_be_visible()
    await expect(page.locator(".added")).to_contain_text("补充情况")


async def test_a_phone_without_scripts_reports_and_tracks_all_the_same(city: RunningCity, browser: Browser) -> None:
    phone = await a_phone(browser, city.system, "/report", java_script_enabled=False)
    page = phone.page
    await page.click("#send")
    await expect(page.locator(".mistake:visible").first).to_be_visible()

    await page.fill("#text", FLOODED)
    await page.select_option("#community", "com-0102")
    await page.click("#send")
    await expect(page.locator("h1")).to_have_text("已收到您的上报")
    await page.click("text=查看进度")

    await expect(page.locator(".steps .done, .steps .now").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/report", "/track", "/report/poster?community=com-0101"])
async def test_residents_pages_are_accessible_and_load_nothing_from_elsewhere(
    system: System, browser: Browser, path: str, theme: Any
) -> None:
    phone = await a_phone(browser, system, path, theme=theme)
    if path == "/report":
        await phone.page.click("#send")

    violations = await phone.violations()

    assert violations == []
    assert (phone.foreign, phone.errors) == ([], [])
    wide = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0], "nothing has to be pushed sideways"


async def test_letters_grow_by_one_tap_and_stay_large(system: System, browser: Browser) -> None:
    phone = await a_phone(browser, system, "/report")

    await phone.page.click("text=大字")
    await phone.page.goto(f"{system.url('intake-api')}/track")

    size = await phone.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert size >= 22
    assert await phone.violations() == []
