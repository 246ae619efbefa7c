"""Staff at real browsers against the running city: each page's main job, by keyboard, by phone, without JavaScript."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.browsing import Browsing, told_elsewhere
from tests.journeys.running_city import Filed, RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

STREET = "sub-03"
ANSWER = {
    "accepted_when": "周一上午九点",
    "talked_with": "电话联系报告人",
    "measure": "清掏三处雨水箅子",
    "done_by": "当天十一点",
}

COUNT_TONES = """
window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""


async def reported(city: RunningCity, text: str) -> tuple[Filed, str]:
    """Report something of the street and return it with its lead."""
    filed = await city.report(text, community="com-0301")
    lead: str = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", filed.case_id)
    return filed, lead


async def state_of(city: RunningCity, filed: Filed) -> str:
    state: str = await city.superuser.fetchval("select state from ledger.cases where case_id = $1", filed.case_id)
    return state


async def test_a_clerk_works_a_case_by_keyboard_and_another_person_verifies(
    city: RunningCity, browsers: Browsing
) -> None:
    filed, lead = await reported(city, "路灯不亮，晚上看不见路")
    clerk = await browsers.person(lead)
    page, row = clerk.page, f'tr[data-case="{filed.case_id}"]'

    await page.locator(f"{row} a.open").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#detail .case-part")
    barriers = await clerk.barriers()
    await page.keyboard.press("s")
    await page.wait_for_selector("#detail .notice.good")
    signed_in = await state_of(city, filed)
    await page.keyboard.press("h")
    for name, text in ANSWER.items():
        await page.fill(f'#detail [name="f.{name}"]', text)
    await page.click('#detail details[data-act="handle"] button.first')
    await until(city, filed, "handled")
    officer = await browsers.person(STREET, "subdistrict_officer")
    await officer.page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await officer.page.check('[name="f.done"][value="yes"]')
    await officer.page.click('details[data-act="verify"] button.first')

    await until(city, filed, "closed")
    assert (signed_in, barriers) == ("in_progress", [])
    assert told_elsewhere(browsers.people) == []


async def test_the_queue_works_without_javascript(city: RunningCity, browsers: Browsing) -> None:
    filed, lead = await reported(city, "井盖破损，有人差点掉下去")
    clerk = await browsers.person(lead, java_script_enabled=False)

    await clerk.page.click(f'tr[data-case="{filed.case_id}"] a.open')
    await clerk.page.click('form[data-act="sign_in"] button')

    await clerk.page.wait_for_selector(".notice.good")
    assert await state_of(city, filed) == "in_progress"


async def test_a_new_case_announces_itself_and_waits_for_a_click(city: RunningCity, browsers: Browsing) -> None:
    _, lead = await reported(city, "路灯不亮")
    clerk = await browsers.person(lead)
    page = clerk.page
    await page.add_init_script(COUNT_TONES)
    await page.reload()
    await page.click("#sound")
    there = await page.locator("tr[data-case]").count()

    filed, again = await reported(city, "路灯不亮，另一条街")
    await page.wait_for_selector("#fresh:not([hidden])")
    waiting = await page.locator("tr[data-case]").count()
    title, tones = await page.title(), await page.evaluate("window.tones")
    await page.click("#fresh button")

    await page.wait_for_selector(f'tr[data-case="{filed.case_id}"]')
    assert (again, waiting) == (lead, there)
    assert title.startswith("(1) ")
    assert tones == 2, "one when it was switched on, one for what is new"
    assert not (await page.title()).startswith("(")


async def test_a_colleagues_act_is_seen_and_what_falls_due_is_heard_without_a_reload(
    city: RunningCity, browsers: Browsing
) -> None:
    filed, lead = await reported(city, "路灯不亮，整条街")
    clerk, head = await browsers.person(lead), await browsers.person(lead, "unit_head")
    page, row = clerk.page, f'tr[data-case="{filed.case_id}"]'
    await page.add_init_script(COUNT_TONES)
    await page.reload()
    await page.click("#sound")
    name = await head.page.locator("header strong").inner_text()

    await head.page.locator(f"{row} a.open").focus()
    await head.page.keyboard.press("Enter")
    await head.page.wait_for_selector("#detail .case-part")
    await head.page.keyboard.press("s")
    await expect(page.locator(f"{row} .holder")).to_have_text(name)
    title, tones = await page.title(), await page.evaluate("window.tones")
    await city.pass_time(until=await city.due_at(filed, "handling", lead))

    await expect(page.locator(f"{row} .due.yellow").first).to_be_visible()
    await expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    assert (title.startswith("("), tones) == (False, 1), "what a colleague does makes no noise"
    assert await page.evaluate("window.tones") == tones + 1
    await page.click("#fresh button")
    await expect(page).to_have_title(title)


async def test_the_street_blows_on_a_phone_and_sees_who_reports_in(city: RunningCity, browsers: Browsing) -> None:
    filed, lead = await reported(city, "积水没过脚踝，雨水箅子堵死了")
    officer = await browsers.person(STREET, "subdistrict_officer", phone=True)
    page = officer.page

    await page.goto(f"{browsers.desk}/subdistrict")
    await page.click(f'li:has(a[href="/cases/{filed.case_id}"]) a.button')
    await page.select_option('[name="f.kind"]', "emergency")
    calling = page.locator('details[data-act="whistle"] .calling')
    await expect(calling).to_contain_text("应急")
    proposed = await calling.inner_text()
    await page.fill('details[data-act="whistle"] .further[name="f.called"] >> nth=0', "青桐区民政局")
    await expect(calling).to_contain_text("、青桐区民政局 · 应急")
    await page.fill('details[data-act="whistle"] .further[name="f.called"] >> nth=0', "")
    await expect(calling).to_have_text(proposed)
    await page.fill('details[data-act="whistle"] [name="f.reason"]', "积水上路，需要现场会合，集合点：路口")
    await page.click('details[data-act="whistle"] button.first')
    called = await who_was_called(city, filed)
    await page.goto(f"{browsers.desk}/subdistrict")
    came = page.locator(f'.whistle:has(a[href="/cases/{filed.case_id}"]) progress')
    await expect(came).to_have_attribute("value", "0")
    clerk = await browsers.person(lead)
    await clerk.page.goto(f"{browsers.desk}/cases/{filed.case_id}")
    await clerk.page.click('details[data-act="report_in"] summary')
    await clerk.page.fill('[name="f.place"]', "路口东侧")
    await clerk.page.click('details[data-act="report_in"] button.first')

    await expect(came).to_have_attribute("value", "1")
    assert lead in called
    assert await officer.barriers() == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
async def test_nobody_is_shut_out_and_nothing_comes_from_elsewhere(
    city: RunningCity, browsers: Browsing, locale: str, scheme: str
) -> None:
    filed, _ = await reported(city, "路面坑洼")
    looks: dict[str, Any] = {"locale": locale, "color_scheme": scheme}
    nobody = await browsers.nobody(**looks)
    await nobody.page.goto(f"{browsers.desk}/login")
    found = await nobody.barriers()
    officer = await browsers.person(STREET, "subdistrict_officer", **looks)
    for path in ("/queue", "/subdistrict", f"/cases/{filed.case_id}", f"/cases/{filed.case_id}/order", "/password"):
        await officer.page.goto(browsers.desk + path)
        found += [f"{path}: {barrier}" for barrier in await officer.barriers()]

    assert found == []
    assert told_elsewhere(browsers.people) == []


async def until(city: RunningCity, filed: Filed, state: str) -> str:
    """Wait until the case is in that state."""

    async def there() -> str | None:
        now = await state_of(city, filed)
        return now if now == state else None

    return await eventually(there, within_seconds=60)


async def who_was_called(city: RunningCity, filed: Filed) -> set[str]:
    """Wait until a whistle called somebody for the case."""

    async def called() -> set[str] | None:
        return set(await city.calls_of(filed)) or None

    return await eventually(called, within_seconds=60)
