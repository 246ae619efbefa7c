"""Every form of a clerk in a real browser: more time, a branch office, an urge, notes, a colleague, a correction."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.journeys.browsing import Browsing, Person, told_elsewhere
from tests.journeys.running_city import Filed, RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

STREET = "sub-03"
LEAD = "sanitation"
LOOKS: dict[bool, dict[str, Any]] = {
    True: {"locale": "en-GB", "color_scheme": "dark", "phone": True},
    False: {"java_script_enabled": False},
}
EXPECTED = ("signed_in", "extension_asked", "branch_assigned", "noted", "corrected")


async def at_the_case(page: Page, browsers: Browsing, filed: Filed, act: str) -> str:
    """Open the case with an act's form; return how the form is found."""
    await page.goto(f"{browsers.desk}/cases/{filed.case_id}?act={act}")
    form = f'details[data-act="{act}"]'
    await page.wait_for_selector(f"{form} form")
    return form


async def sent(page: Page, form: str) -> None:
    """Send the form, and see that it was taken: with a script in place, without one by a page of its own."""
    await page.click(f"{form} button.first")
    await page.wait_for_selector(".notice.good")


async def barriers_of(person: Person, *, scripts: bool) -> list[str]:
    """Return what stands in the way; axe needs scripts."""
    return await person.barriers() if scripts else []


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
async def test_a_clerk_does_all_that_a_case_may_need(city: RunningCity, browsers: Browsing, *, scripts: bool) -> None:
    filed = await city.report("垃圾箱满溢，几天没人清", community="com-0301")
    clerk = await browsers.person(LEAD, **LOOKS[scripts])
    page, found = clerk.page, []
    await page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await page.click('form[data-act="sign_in"] button')
    await page.wait_for_selector(".notice.good")

    form = await at_the_case(page, browsers, filed, "ask_extension")
    await page.fill(f'{form} input[name="f.by"]', "1")
    await page.select_option(f'{form} select[name="f.by"]', "wh")
    await page.fill(f'{form} [name="f.reason"]', "等车辆调度")
    found += await barriers_of(clerk, scripts=scripts)
    await sent(page, form)

    form = await at_the_case(page, browsers, filed, "assign_branch")
    await page.fill(f'{form} [name="f.branch"]', "白桦环卫所")
    found += await barriers_of(clerk, scripts=scripts)
    await sent(page, form)

    form = await at_the_case(page, browsers, filed, "note")
    await page.select_option(f'{form} [name="f.kind"]', "urge")
    await page.fill(f'{form} [name="f.text"]', "请环卫所今天上午清运")
    found += await barriers_of(clerk, scripts=scripts)
    await sent(page, form)

    await page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await page.fill("#unit-note", "车牌尾号 27 的车已派出")
    await page.click('form[action="/acts/note"] button')
    await page.wait_for_selector(".notice.good")
    await page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await page.click('form[action="/acts/hold"] button')
    await page.wait_for_selector(".notice.good")
    found += await barriers_of(clerk, scripts=scripts)

    form = await at_the_case(page, browsers, filed, "correct")
    await page.fill(f'{form} [name="f.item"]', "Storm grate blocked" if scripts else "雨水箅堵塞")
    await page.fill(f'{form} [name="f.reason"]', "现场看是雨水箅子堵了")
    found += await barriers_of(clerk, scripts=scripts)
    await sent(page, form)

    facts = await city.facts_of(filed)
    assert [fact for fact in facts if fact in EXPECTED] == list(EXPECTED)
    notes = await city.superuser.fetchval("select count(*) from ledger.unit_notes where case_id = $1", filed.case_id)
    held = await city.superuser.fetchval("select count(*) from ledger.holders where case_id = $1", filed.case_id)
    assert (notes, held >= 1) == (1, True)
    assert found == []
    assert told_elsewhere(browsers.people) == []
    if scripts:
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
