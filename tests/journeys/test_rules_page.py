"""Rule owners at real browsers: a sheet with a mistake, corrected, tried on past cases, published by another person."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page

from tests.journeys.browsing import Browsing, told_elsewhere
from tests.journeys.running_city import RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

CENTER = "district_command_center"
WRONG = "umbrellas,,,雨伞,,,,,9999,sanitation,,5,\r\n"
RIGHT = "umbrellas,,,雨伞,,,,,0203,sanitation,,5,\r\n"


async def upload(page: Page, rules: str) -> None:
    """Choose the sheet, say why, and send it."""
    await page.set_input_files("#sheets", FilePayload(name="rules.csv", mimeType="text/csv", buffer=rules.encode()))
    await page.fill("#note", "雨伞占道归环卫")
    await page.click("form[enctype] button.first")


async def test_a_rule_goes_from_a_sheet_into_force_by_two_persons(city: RunningCity, browsers: Browsing) -> None:
    filed = await city.report("雨伞挡路", community="com-0301")
    before = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", filed.case_id)
    owner, other = [await browsers.person(CENTER, "rule_owner", number=number) for number in (0, 1)]
    page = owner.page
    await page.goto(f"{browsers.desk}/rules")
    first = await page.inner_text(".version")
    barriers = await owner.barriers()
    active = await page.evaluate("fetch(document.querySelector('a[href$=\"/rules.csv\"]').href).then(a => a.text())")

    await upload(page, active + WRONG)
    await page.wait_for_selector("#refused")
    refused = await page.inner_text("section:has(#refused) tbody tr")
    await upload(page, active + RIGHT)
    await page.wait_for_selector("#differences")
    told = await page.inner_text("section:has(#differences)")
    barriers += await owner.barriers()
    await page.click("section:has(#replay) form button")
    await page.wait_for_selector("section:has(#replay) .three strong")
    moved = await page.inner_text("section:has(#replay) .three div:first-child strong")
    alone = await page.locator("section:has(#publish) button.first").count()
    await other.page.goto(f"{browsers.desk}/rules")
    await other.page.click("section:has(#publish) button.first")
    await other.page.wait_for_selector(".notice.good")
    await city.pass_time(until=city.clock.at + timedelta(minutes=1))

    async def in_force() -> str | None:
        answer = await page.goto(f"{browsers.desk}/rules")
        assert answer is not None
        # While a new version is compiled a busy desk may say 503: one asks again.
        assert answer.ok, f"{answer.status}: {await page.inner_text('body')}"
        shown = await page.inner_text(".version")
        return shown if shown != first else None

    second: str = await eventually(in_force, within_seconds=60)
    again = await city.report("雨伞挡路，又来了", community="com-0302")
    after = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", again.case_id)
    assert ("9999不存在" in refused, second != first) == (True, True)
    assert "umbrellas" in told
    assert (before != "sanitation", after, int(moved) >= 1, alone) == (True, "sanitation", True, 0)
    assert barriers == []
    assert told_elsewhere(browsers.people) == []


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
async def test_the_leader_reads_the_rules_on_a_phone(
    city: RunningCity, browsers: Browsing, locale: str, scheme: str
) -> None:
    looks: dict[str, Any] = {"locale": locale, "color_scheme": scheme}
    leader = await browsers.person(CENTER, "center_leader", phone=True, **looks)

    await leader.page.goto(f"{browsers.desk}/rules")

    assert await leader.barriers() == []
    assert await leader.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert await leader.page.locator("form[enctype]").count() == 0
