"""Pages on paper and on a wall: what is printed, and what is large and dark."""

import re
from typing import Final

import pytest
from playwright.async_api import Browser, Page

from tests.environment.browser import WALL
from tests.journeys.browsing import Browsing
from tests.journeys.running_city import RunningCity
from tests.journeys.staff import at_work

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

SAID_EXACTLY: Final = "element => getComputedStyle(element, '::after').content"
SHOWN: Final = (
    "() => [...document.querySelectorAll('.bar, button, .button')].filter(each => each.checkVisibility()).length"
)
LETTERS: Final = "() => parseFloat(getComputedStyle(document.body).fontSize)"
GROUND: Final = "() => getComputedStyle(document.body).backgroundColor"
DARK: Final = 64
"""Red, green and blue of a dark ground, each of 255, stay below."""
LARGE: Final = 20
"""Pixels of the smallest letters meant to be read from across a room."""


async def sheets_of(page: Page) -> int:
    """Print the page as it is; nothing that can only be pressed is on paper. Returns the number of sheets."""
    assert await page.evaluate(SHOWN) == 0
    printed = await page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", printed))


async def test_lists_and_work_orders_are_printed_with_exact_times_and_nothing_to_press(
    city: RunningCity, browsers: Browsing
) -> None:
    filed = await city.report("垃圾箱满溢，几天没人清", community="com-0301")
    page = (await browsers.person("sanitation", color_scheme="dark")).page
    await page.emulate_media(media="print")

    await page.goto(f"{browsers.desk}/queue")
    due = page.locator(f"tr[data-case='{filed.case_id}'] time[data-exact]").first
    exact = await due.get_attribute("data-exact")
    on_paper = (await due.evaluate(SAID_EXACTLY)).replace('" "', "").strip('"')
    assert (on_paper, await sheets_of(page) >= 1) == (f" ({exact})", True)

    await page.goto(f"{browsers.desk}/cases/{filed.case_id}/order")
    assert str(exact) in await page.locator("main").inner_text()
    assert await sheets_of(page) == 1


async def test_a_wall_is_dark_and_large_whatever_its_computer_prefers(city: RunningCity, browser: Browser) -> None:
    wall = await at_work(city.system, city.superuser, browser, "center_operator", size=WALL, theme="light")
    page = wall.page
    await page.goto(city.system.url("desk") + "/board?wall=1")
    await page.wait_for_selector(".connection.live")

    assert max(int(part) for part in re.findall(r"\d+", await page.evaluate(GROUND))) < DARK
    assert await page.evaluate(LETTERS) >= LARGE
