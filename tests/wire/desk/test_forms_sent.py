"""Forms and searches of a clerk's pages, sent as the page has them; and what a page says of why and until when."""

import html
import re

import pytest

from services.contracts.events import Explanation, Place
from tests.builders import an_id
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Pages, the_district

pytestmark = pytest.mark.postgres

CASE = f"/cases/{an_id('case')}"
NUMBER = "20260302-1-000042-7"
LEFT = re.compile(r"(?:剩余|还剩) [^<\"]*")
"""What is left of a limit; 还剩 where nights count too."""


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)


def section(text: str, title: str) -> str:
    """Return the words of one foldable part of a case's page."""
    found = re.search(rf"<details[^>]*><summary>{title}</summary>(.*?)</details>", text, re.DOTALL)
    assert found is not None, title
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


async def test_a_case_says_why_it_came_and_how_its_dates_were_counted(pages: Pages) -> None:
    because = Explanation(rule="item-0203", matched=("item 0203", "area sub-01"), notes=("no rule matches",))
    await pages.office.open("case", because=because)
    browser = await pages.browser_of("drainage")

    text = (await browser.get(CASE)).text

    why = section(text, "为什么派给这里")
    organisation = the_district().organisation.units
    assert f"主办：{organisation['drainage'].name_zh}" in why
    assert "规则 item-0203，第 1 版" in why
    assert f"{the_district().items['0203'].name_zh} (0203)" in why
    assert organisation["sub-01"].name_zh in why
    assert not re.search(r"\b(item|area|no rule)\b ", why.replace("item-0203", ""))
    how = section(text, "时限怎么算")
    assert "处置" in how
    assert "1wd 2026年3月3日 09:00 2026年3月2日 09:00 → 2026年3月2日 09:00 – 12:00" in how


async def test_a_return_names_the_unit_it_suggests_as_people_call_it(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    sanitation = the_district().organisation.units["sanitation"].name_zh
    await browser.get(CASE)
    assert f'value="{sanitation}"' in browser.page

    answer = await browser.act("return", reason="属环卫作业范围", suggested=sanitation)

    assert answer.status_code == 303, answer.text
    assert pages.office.database.run_sql("select state from ledger.cases").strip() == "return_requested"
    said = "select convert_from(body, 'UTF8')::jsonb #>> '{what,suggested}' from ledger.facts order by version desc"
    assert pages.office.database.run_sql(f"{said} limit 1").strip() == "sanitation"


async def test_a_step_up_needs_its_reason(pages: Pages) -> None:
    await pages.office.open("case", lead="com-0101", tier="G", cooperating=())
    browser = await pages.browser_of("community")

    bare = await browser.act("step_up", reason="")
    up = await browser.act("step_up", reason="社区没有处置能力")

    assert (bare.status_code, up.status_code) == (422, 303), up.text
    shown = await browser.get(up.headers["location"])
    assert "上报一级" in shown.text
    assert "社区没有处置能力" in shown.text


async def test_a_number_leads_to_its_case_and_words_to_the_cases_of_a_place(pages: Pages) -> None:
    place = Place(grid="grid-1", community="com-0101", subdistrict="sub-01", address="文明路12号")
    await pages.office.open("case", report={"number": NUMBER, "place": place})
    await pages.office.open("other")
    browser = await pages.browser_of("drainage")
    community = the_district().organisation.units["com-0101"].name_zh

    async def found(words: str) -> set[str]:
        answer = await browser.client.get("/queue", params={"q": words})
        return {name for name in ("case", "other") if str(an_id(name)) in answer.text}

    numbered = await browser.client.get("/queue", params={"q": NUMBER})
    assert (numbered.status_code, numbered.headers["location"]) == (303, CASE)
    assert await found("文明路") == {"case"}
    assert await found(community) == {"case", "other"}
    assert await found("20260302-1-999999-9") == set()


async def test_what_is_left_is_said_alike_on_every_page(pages: Pages) -> None:
    await pages.office.open("case")
    pages.office.at("2026-03-02 16:00")
    clerk, street = await pages.browser_of("drainage"), await pages.browser_of("coordinator")
    await street.get(CASE)
    blown = await street.act("whistle", kind="public_demand", reason="多日未办")
    assert blown.status_code == 303

    report_in, sign_in, promise = "剩余 1 工作日", "剩余 1 工作小时", "剩余 1 工作日 1 工作小时"
    told = {
        "/queue": {report_in, sign_in},
        "/queue/export.csv": {report_in},
        f"{CASE}?part=1": {report_in, sign_in, promise, "剩余 10 工作日"},
    }
    for path, left in told.items():
        assert set(LEFT.findall((await clerk.get(path)).text)) == left, path
    for path in ("/subdistrict", "/subdistrict/rows"):
        assert set(LEFT.findall((await street.get(path)).text)) == {report_in, promise}, path
