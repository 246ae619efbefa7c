"""Pages on paper and on a wall: what is printed, and what is large and dark."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Browser, Page, ViewportSize

from services.appraisal.domain.bulletin import canonical
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of, weeks_in
from services.appraisal.store.workbook import workbook_of
from services.reference.model.appraising import AppraisalPolicy
from services.worktime.calendar import SHANGHAI
from tests.environment.browser import WALL
from tests.journeys.browsing import Browsing
from tests.journeys.running_city import RunningCity
from tests.journeys.staff import at_work
from tests.requirements.test_x_12_three_rates import ten_cases

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

SAID_EXACTLY: Final = "element => getComputedStyle(element, '::after').content"
SHOWN: Final = (
    "() => [...document.querySelectorAll('.bar, button, .button')].filter(each => each.checkVisibility()).length"
)
LETTERS: Final = "() => parseFloat(getComputedStyle(document.body).fontSize)"
GROUND: Final = "() => getComputedStyle(document.body).backgroundColor"
DARK: Final = 64
"""Red, green and blue of a dark ground, each of 255, stay below."""
A4_INSIDE: Final[ViewportSize] = {"width": 703, "height": 1016}
"""Pixels of a sheet within the bulletin's margins: 186 mm by 269 mm at 96 to the inch."""
CUT: Final = """() => [...document.querySelectorAll('main table')].filter(
    each => each.getBoundingClientRect().right > innerWidth || each.scrollWidth > each.parentElement.clientWidth + 1
).map(each => [each.getBoundingClientRect().right, each.innerText.slice(0, 40)])"""
LONG_AGO: Final = "2020-01"
MARCH: Final = period_of("2026-03", SHANGHAI)
PUBLISH: Final = """
    insert into appraisal.bulletins (period, body, workbook, published_at, published_by) values ($1, $2, $3, $4, $5)
"""
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


@asynccontextmanager
async def a_bulletin_published(city: RunningCity) -> AsyncIterator[None]:
    """Publish the ten cases of X-12 as a month long ago; it is taken away again, past the guard that keeps it."""
    records = [record for story in ten_cases() if (record := story.record(MARCH.ends)) is not None]
    town = Town(
        version=1, policy=AppraisalPolicy(), names={"drainage": "市排水设施管护中心"}, kinds={"drainage": "department"}
    )
    told = compile_bulletin(
        Month(period=MARCH, weeks=weeks_in(MARCH, SHANGHAI), records=records, refusals=(), town=town)
    )
    told = msgspec.structs.replace(told, period=LONG_AGO)
    at = datetime(2020, 2, 1, 1, 7, tzinfo=UTC)
    await city.superuser.execute(PUBLISH, LONG_AGO, canonical(told), workbook_of(told), at, uuid4())
    try:
        yield
    finally:
        async with city.superuser.transaction():
            await city.superuser.execute("set local session_replication_role = replica")
            await city.superuser.execute("delete from appraisal.bulletins where period = $1", LONG_AGO)


async def test_a_bulletin_is_printed_on_a4_with_exact_times_and_no_table_is_cut(
    city: RunningCity, browsers: Browsing
) -> None:
    async with a_bulletin_published(city):
        page = (await browsers.person("drainage", color_scheme="dark")).page
        await page.goto(f"{browsers.desk}/bulletin/{LONG_AGO}")
        await page.emulate_media(media="print")
        await page.set_viewport_size(A4_INSIDE)

        on_paper = await page.locator("main").inner_text()
        assert re.search(r"2020.{0,3}0?2.{0,3}0?1.*09:07", on_paper), on_paper[:200]
        assert await page.locator(".screen").first.is_visible() is False
        assert await page.evaluate(CUT) == []
        assert 1 <= await sheets_of(page) <= 4


async def test_a_wall_is_dark_and_large_whatever_its_computer_prefers(city: RunningCity, browser: Browser) -> None:
    wall = await at_work(city.system, city.superuser, browser, "center_operator", size=WALL, theme="light")
    page = wall.page
    await page.goto(city.system.url("desk") + "/board?wall=1")
    await page.wait_for_selector(".connection.live")

    assert max(int(part) for part in re.findall(r"\d+", await page.evaluate(GROUND))) < DARK
    assert await page.evaluate(LETTERS) >= LARGE
