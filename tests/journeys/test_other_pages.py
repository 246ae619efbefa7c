"""Pages beside the main ones, each as whom it is for: nothing bars the way, nothing is loaded from elsewhere."""

from typing import Final

import pytest
from playwright.async_api import Page

from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import Blow
from tests.journeys.browsing import PHONE, Browsing, told_elsewhere
from tests.journeys.running_city import RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

STREET: Final = "sub-03"
PAGES: Final = {
    "/counter": (STREET, "subdistrict_officer"),
    "/counter/result": (STREET, "subdistrict_officer"),
    "/calls": (CENTER, "center_operator"),
    "/subdistrict": (STREET, "subdistrict_officer"),
    "/queue": (STREET, "subdistrict_officer"),
    "/rules": (CENTER, "center_leader"),
    "/bulletin": ("drainage", "clerk"),
    "/rosters": (STREET, "subdistrict_coordinator"),
    "/proposals": (STREET, "subdistrict_coordinator"),
    "/feed": (CENTER, "center_leader"),
}
REACHED: Final = """() => {
    window.reached = new Set([document.activeElement]);
    document.addEventListener("focusin", ({ target }) => window.reached.add(target));
}"""
NOT_REACHED: Final = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => one.checkVisibility() && !one.disabled && !(one.type === "radio" && !one.checked))
    .filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 120))"""
STOPS_MAX: Final = 400
TOO_WIDE: Final = "() => document.documentElement.scrollWidth > innerWidth"


async def something_to_show(city: RunningCity) -> str:
    """Report a major matter for which an officer asks to whistle; return its number."""
    filed = await city.report("路面塌陷，有车陷入", item="0107", **city.a_grid(STREET))
    asked = Blow(kind="public_demand", reason="多日未办")
    await city.act(filed, STREET, asked, "subdistrict_officer")
    raised = "select true from ledger.major_matters where case_id = $1"
    found: bool = await eventually(lambda: city.superuser.fetchval(raised, filed.case_id), within_seconds=60)
    assert found
    return filed.receipt.number


async def in_english_in_the_dark_on_a_phone(page: Page, desk: str) -> None:
    await page.goto(f"{desk}/look/en")
    await page.emulate_media(color_scheme="dark")
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})


async def out_of_reach(page: Page) -> list[str]:
    """Go through the page by Tab alone; return what it never came to. A date has several stops."""
    await page.evaluate(REACHED)
    missed: list[str] = await page.evaluate(NOT_REACHED)
    for _ in range(STOPS_MAX // 10):
        if not missed:
            break
        for _ in range(10):
            await page.keyboard.press("Tab")
        missed = await page.evaluate(NOT_REACHED)
    return missed


async def test_other_pages_are_accessible_and_load_nothing_from_elsewhere(
    city: RunningCity, browsers: Browsing
) -> None:
    number = await something_to_show(city)
    people = {reader: await browsers.person(*reader, color_scheme="light") for reader in dict.fromkeys(PAGES.values())}
    for look in ("usual", "other"):
        for path, reader in PAGES.items():
            person = people[reader]
            answer = await person.page.goto(browsers.desk + path)

            assert answer is not None
            assert answer.status == 200, path
            assert await person.barriers() == [], (path, look)
            assert await person.page.evaluate(TOO_WIDE) is False, (path, look)
            if look == "usual":
                assert await out_of_reach(person.page) == [], path
            if path in {"/proposals", "/feed"}:
                assert number in await person.page.content(), path
        for person in people.values():
            await in_english_in_the_dark_on_a_phone(person.page, browsers.desk)

    assert await people[CENTER, "center_leader"].page.get_attribute("html", "lang") == "en"
    assert told_elsewhere(browsers.people) == []
