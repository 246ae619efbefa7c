"""The bulletin's page over real PostgreSQL: a draft for the center, published by its leader, every number opens."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import pytest

from services.appraisal.domain.bulletin import canonical
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of, weeks_in
from services.appraisal.store.workbook import workbook_of
from services.reference.model.appraising import AppraisalPolicy
from tests.builders import an_id
from tests.requirements.test_x_12_three_rates import ten_cases
from tests.unit.appraisal.stories import Story
from tests.wire.appraisal.room import ZONE
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Browser, Pages

pytestmark = pytest.mark.postgres

MARCH = period_of("2026-03", ZONE)
OVER = "2026-04-01 02:00:00+08"


@pytest.fixture
def pages(office: Office) -> Pages:
    office.at(OVER)
    return Pages(office)


def a_body(stories: Sequence[Story], pages: Pages) -> bytes:
    """Compile March and leave it as the appraisal's draft."""
    records = [record for story in stories if (record := story.record(MARCH.ends)) is not None]
    names = {"drainage": "排水中心", "sub-01": "桥西街道"}
    town = Town(version=1, policy=AppraisalPolicy(), names=names, kinds={"drainage": "department"})
    month = Month(period=MARCH, weeks=weeks_in(MARCH, ZONE), records=records, refusals=(), town=town)
    bulletin = compile_bulletin(month)
    body = canonical(bulletin)
    pages.office.database.run_sql(
        "insert into appraisal.drafts (period, body, workbook, compiled_at, over, starts, ends, facts, notices,"
        " missing) values"
        f" ('2026-03', '\\x{body.hex()}', '\\x{workbook_of(bulletin).hex()}', '{OVER}', true,"
        f" '{MARCH.starts.isoformat()}', '{MARCH.ends.isoformat()}', 0, 0, 0)"
        " on conflict (period) do update set body = excluded.body, workbook = excluded.workbook"
    )
    return body


async def test_the_leader_reads_the_draft_and_publishes_what_was_read(pages: Pages) -> None:
    body = a_body(ten_cases(), pages)
    leader = await pages.browser_of("leader")
    clerk = await pages.browser_of("drainage")

    await leader.get("/bulletin/2026-03")
    assert "75.0 %" in leader.page
    assert "71.4 %" in leader.page
    assert "排水中心" in leader.page
    assert (await clerk.get("/bulletin/2026-03")).status_code == 404
    assert leader.field("seen") == hashlib.sha256(body).hexdigest()

    published = await leader.post("/bulletin/2026-03/publish", {"seen": leader.field("seen")})
    assert published.status_code == 303, published.text
    assert (await clerk.get("/bulletin/2026-03")).status_code == 200
    assert (await clerk.get("/bulletin/2026-03.json")).content == body
    assert (await clerk.get("/bulletin/2026-03.xlsx")).content[:2] == b"PK"
    assert (await clerk.get("/bulletin")).headers["location"] == "/bulletin/2026-03"


async def test_a_draft_that_changed_meanwhile_and_who_is_not_the_leader_publish_nothing(pages: Pages) -> None:
    a_body(ten_cases(), pages)
    leader, center = await pages.browser_of("leader"), await pages.browser_of("center")
    await leader.get("/bulletin/2026-03")
    seen = leader.field("seen")
    a_body(ten_cases()[1:], pages)

    changed = await leader.post("/bulletin/2026-03/publish", {"seen": seen})
    await leader.get("/bulletin/2026-03")
    refused = await center.post("/bulletin/2026-03/publish", {"seen": leader.field("seen")})

    assert (changed.status_code, refused.status_code) == (409, 403)
    assert pages.office.count("appraisal.bulletins") == 0


async def test_a_month_that_is_not_complete_is_refused_with_its_reason(pages: Pages) -> None:
    body = a_body(ten_cases(), pages)
    pages.office.at("2026-03-31 10:00:00+08")
    await pages.office.open("not taken yet")
    pages.office.at(OVER)
    leader = await pages.browser_of("leader")
    await leader.get("/bulletin/2026-03")

    refused = await leader.post("/bulletin/2026-03/publish", {"seen": hashlib.sha256(body).hexdigest()})
    pages.office.database.run_sql("update appraisal.drafts set missing = 3")
    await leader.get("/bulletin/2026-03")

    assert (refused.status_code, "尚未到齐" in refused.text) == (409, True)
    assert "尚未到齐" in leader.page
    assert 'action="/bulletin/2026-03/publish"' not in leader.page
    assert pages.office.count("appraisal.bulletins") == 0


async def test_every_number_opens_its_cases_and_only_those_a_person_may_see_are_named(pages: Pages) -> None:
    await pages.office.open("1")
    a_body(ten_cases(), pages)
    center = await pages.browser_of("center")
    await center.get("/bulletin/2026-03")
    addresses = sorted(set(re.findall(r'href="(/bulletin/2026-03/cases\?list=[^"]+)"', center.page)))

    assert len(addresses) > 10
    for address in addresses:
        assert (await center.get(address)).status_code == 200, address

    await center.get("/bulletin/2026-03/cases?list=district/closed")
    assert f"/cases/{an_id('1')}" in center.page
    assert "6 件" in center.page
    assert "其中本页 5 件" in center.page
    assert (await center.get("/bulletin/2026-03/cases?list=nothing")).status_code == 404


async def test_a_month_with_nothing_overdue_reads_well_in_english_too(pages: Pages) -> None:
    at = datetime(2026, 3, 6, tzinfo=ZONE)
    a_body([Story("1", at, at + timedelta(days=2)).closed(at)], pages)
    leader = await pages.browser_of("leader")

    await leader.get("/bulletin/2026-03", **{"Accept-Language": "en"})

    assert "Nothing was overdue." in leader.page
    assert "100.0 %" in leader.page


async def test_the_leader_corrects_a_published_grade_and_both_entries_stay(pages: Pages) -> None:
    a_body(ten_cases(), pages)
    pages.office.database.run_sql(
        "insert into appraisal.grades (period, unit, entry, grade, points, at, person_id)"
        f" values ('2026-03', 'drainage', 1, 'backward', '7/2', '{OVER}', gen_random_uuid())"
    )
    leader, center = await pages.browser_of("leader"), await pages.browser_of("center")
    correction = {"unit": "drainage", "grade": "ordinary", "reason": "两件系误派，已剔除"}

    for browser in (leader, center):
        await browser.get("/bulletin/2026-03")
    refused = await center.post("/bulletin/2026-03/grades", correction)
    unreasoned = await leader.post("/bulletin/2026-03/grades", {**correction, "reason": ""})
    strange = await leader.post("/bulletin/2026-03/grades", {**correction, "grade": "excellent"})
    nobody = await leader.post("/bulletin/2026-03/grades", {**correction, "unit": "sub-02"})
    done = await leader.post("/bulletin/2026-03/grades", correction)
    await leader.get("/bulletin/2026-03")

    statuses = [answer.status_code for answer in (refused, unreasoned, strange, nobody, done)]
    assert statuses == [403, 422, 422, 404, 303]
    assert "两件系误派" in leader.page
    assert pages.office.count("appraisal.grades") == 2


async def test_the_leader_publishes_the_grades_that_were_seen_and_no_others(pages: Pages) -> None:
    a_body(ten_cases(), pages)
    drafted = '[{"unit": "drainage", "grade": "advanced", "points": "7/2"}]'
    pages.office.database.run_sql(f"update appraisal.drafts set graded = '{drafted}'")
    leader, center, clerk = [await pages.browser_of(name) for name in ("leader", "center", "drainage")]
    for browser in (leader, center, clerk):
        await browser.get("/bulletin/2026-03")
    seen = seen_of(leader)

    assert ("先进" in leader.page, "先进" in center.page, "先进" in clerk.page) == (True, True, False)
    behind = "/bulletin/2026-03/cases?list=drainage/points"
    assert f'<a href="{behind}">7/2</a>' in center.page
    assert (await center.get(behind)).status_code == 200
    refused = await center.post("/bulletin/2026-03/grades/publish", {"seen": seen})
    pages.office.database.run_sql(f"update appraisal.drafts set graded = '{drafted.replace('advanced', 'ordinary')}'")
    changed = await leader.post("/bulletin/2026-03/grades/publish", {"seen": seen})
    await leader.get("/bulletin/2026-03")
    done = await leader.post("/bulletin/2026-03/grades/publish", {"seen": seen_of(leader)})
    again = await leader.post("/bulletin/2026-03/grades/publish", {"seen": seen})

    assert [answer.status_code for answer in (refused, changed, done, again)] == [403, 409, 303, 409]
    assert pages.office.count("appraisal.grades where grade = 'ordinary' and entry = 1") == 1


def beside(pages: Pages, period: str, graded: str, rests_on: str = "{}", entries: int = 0) -> None:
    """Leave a week's points or a half-year's grades as the appraisal's draft."""
    starts, ends = (f"'{at.isoformat()}'" for at in (period_of(period, ZONE).starts, period_of(period, ZONE).ends))
    pages.office.database.run_sql(
        "insert into appraisal.drafts (period, compiled_at, over, graded, starts, ends, facts, notices, missing,"
        f" rests_on, entries) values ('{period}', '{OVER}', true, '{graded}', {starts}, {ends}, 0, 0, 0,"
        f" '{rests_on}', {entries})"
    )


async def test_a_weeks_points_are_seen_published_once_and_corrected_by_a_further_entry(pages: Pages) -> None:
    beside(pages, "2026-W13", '[{"unit": "drainage", "grade": null, "points": "5"}]')
    leader, center, clerk = [await pages.browser_of(name) for name in ("leader", "center", "drainage")]
    week, correction = "/bulletin/2026-W13", {"unit": "drainage", "grade": "-3", "reason": "两件系误派"}
    before = [(await browser.get(f"{week}/points")).status_code for browser in (leader, center, clerk)]
    seen = {"seen": leader.field("seen")}
    await clerk.get("/bulletin")

    refused = await center.post(f"{week}/grades/publish", seen)
    done = await leader.post(f"{week}/grades/publish", seen)
    again = await leader.post(f"{week}/grades/publish", seen)
    wrong = await leader.post(f"{week}/grades", {**correction, "grade": "advanced"})
    corrected = await leader.post(f"{week}/grades", correction)
    await clerk.get(f"{week}/points")

    statuses = [answer.status_code for answer in (refused, done, again, wrong, corrected)]
    assert (before, statuses) == ([200, 200, 404], [403, 303, 409, 422, 303])
    assert '<td class="figure">5</td>' in clerk.page
    assert re.search(r'<td class="figure">-3</td><td>[^<]*<bdi>两件系误派', clerk.page)
    assert "/grades/publish" not in clerk.page
    assert "2026-W13" in (await clerk.get("/bulletin")).text
    assert pages.office.count("appraisal.grades where grade is null") == 2


async def test_every_number_of_a_weeks_points_opens_its_cases_before_and_after_it_is_published(pages: Pages) -> None:
    await pages.office.open("1")
    beside(pages, "2026-W13", '[{"unit": "drainage", "grade": null, "points": "1"}]')
    cases = [["20260302-1", str(an_id("1"))], ["20260302-2", str(an_id("2"))]]
    lists = {"drainage/points": [0, 1], "drainage/points/closed_in_time": [0], "drainage/points/closed_late": [1]}
    behind = msgspec.json.encode({"cases": cases, "lists": lists}).decode()
    pages.office.database.run_sql(f"update appraisal.drafts set behind = '{behind}'")
    leader, clerk = [await pages.browser_of(name) for name in ("leader", "drainage")]
    await leader.get("/bulletin/2026-W13/points")
    early = await clerk.get("/bulletin/2026-W13/cases?list=drainage/points")
    await leader.post("/bulletin/2026-W13/grades/publish", {"seen": leader.field("seen")})
    pages.office.database.run_sql("update appraisal.drafts set behind = null")

    await clerk.get("/bulletin/2026-W13/points")
    addresses = sorted(set(re.findall(r'href="(/bulletin/2026-W13/cases\?list=[^"]+)"', clerk.page)))
    opened = [(await clerk.get(address)).status_code for address in addresses]
    await clerk.get("/bulletin/2026-W13/cases?list=drainage/points")

    assert (early.status_code, len(addresses), set(opened)) == (404, 3, {200})
    assert f"/cases/{an_id('1')}" in clerk.page
    assert "其中本页 1 件" in clerk.page
    assert 'href="/bulletin/2026-W13/points"' in clerk.page
    assert (await clerk.get("/bulletin/2026-W13/cases?list=sanitation/points")).status_code == 404


async def test_an_incomplete_week_and_a_half_year_that_lacks_a_month_are_refused(pages: Pages) -> None:
    beside(pages, "2026-W13", '[{"unit": "drainage", "grade": null, "points": "5"}]')
    beside(pages, "2025-H2", '[{"unit": "drainage", "grade": "good", "points": "7/2"}]', "{2025-12}", 0)
    pages.office.at("2026-03-28 10:00:00+08")
    await pages.office.open("not taken yet")
    pages.office.at(OVER)
    leader = await pages.browser_of("leader")

    answers = []
    for period in ("2026-W13", "2025-H2"):
        await leader.get(f"/bulletin/{period}/points")
        answers.append(await leader.post(f"/bulletin/{period}/grades/publish", {"seen": leader.field("seen")}))

    assert [(answer.status_code, "尚未到齐" in answer.text) for answer in answers] == [(409, True), (409, True)]
    assert pages.office.count("appraisal.grades") == 0


async def test_a_half_years_grades_are_seen_published_and_corrected(pages: Pages) -> None:
    months = [f"2025-{month:02}" for month in range(7, 13)]
    pages.office.database.run_sql(
        "insert into appraisal.grades (period, unit, entry, grade, points, at, person_id) values"
        + ",".join(f"('{month}', 'drainage', 1, 'advanced', '7/2', '{OVER}', gen_random_uuid())" for month in months)
    )
    half = '[{"unit": "drainage", "grade": "good", "points": "7/2"}]'
    beside(pages, "2025-H2", half, "{" + ",".join(months) + "}", 6)
    leader = await pages.browser_of("leader")
    correction = {"unit": "drainage", "grade": "fair", "reason": "复核后调整"}

    for month, case in (("2025-08", "1"), ("2025-11", "2")):
        listed = {
            "cases": [[case, str(an_id(case))]],
            "lists": {"drainage/points/closed_late": [0], "district/due": [0]},
        }
        body = msgspec.json.encode(listed).hex()
        pages.office.database.run_sql(
            "insert into appraisal.bulletins (period, body, workbook, published_at, published_by)"
            f" values ('{month}', '\\x{body}', '\\x', '{OVER}', gen_random_uuid())"
        )
    await leader.get("/bulletin/2025-H2/cases?list=drainage/points")
    assert "2 件" in leader.page
    await leader.get("/bulletin/2025-H2/points", **{"Accept-Language": "en"})
    assert 'href="/bulletin/2025-H2/cases?list=drainage/points/closed_late">2</a>' in leader.page
    assert "Grades of 2025-H2" in leader.page
    done = await leader.post("/bulletin/2025-H2/grades/publish", {"seen": leader.field("seen")})
    corrected = await leader.post("/bulletin/2025-H2/grades", correction)
    of_a_month = await leader.post("/bulletin/2025-H2/grades", {**correction, "grade": "backward"})
    await leader.get("/bulletin/2025-H2/points")

    assert [answer.status_code for answer in (done, corrected, of_a_month)] == [303, 303, 422]
    assert all(word in leader.page for word in ("优", "良", "复核后调整", "7/2"))


async def test_what_was_done_about_an_item_is_said_by_its_unit_once_the_bulletin_is_published(pages: Pages) -> None:
    body = a_body(ten_cases(), pages)
    number = next(row["number"] for row in msgspec.json.decode(body)["overdue"] if row["lead"] == "drainage")
    said = {"item": f"overdue/{number}", "what": "已清淤并建立台账", "until_on": "2026-04-20"}
    leader, clerk, others = [await pages.browser_of(name) for name in ("leader", "drainage", "sanitation")]
    await leader.get("/bulletin/2026-03")
    early = await leader.post("/bulletin/2026-03/outcomes", said)
    await leader.post("/bulletin/2026-03/publish", {"seen": hashlib.sha256(body).hexdigest()})

    for browser in (clerk, others):
        await browser.get(f"/bulletin/2026-03/outcomes?item=overdue/{number}")
    refused = await others.post("/bulletin/2026-03/outcomes", said)
    nothing = await clerk.post("/bulletin/2026-03/outcomes", {**said, "item": "overdue/20990101-1-1"})
    done = await clerk.post("/bulletin/2026-03/outcomes", said)
    await others.get("/bulletin/2026-03")

    assert [answer.status_code for answer in (early, refused, nothing, done)] == [404, 403, 404, 303]
    assert all(word in others.page for word in ("已清淤并建立台账", "2026-04-20"))
    assert (await others.get("/bulletin/2026-03.json")).content == body
    assert "已清淤" in (await others.get("/bulletin/2026-03/outcomes")).text


def seen_of(browser: Browser) -> str:
    """Return what names the grades that the page shows."""
    form = browser.page.partition("/grades/publish")[2]
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', form)
    assert found is not None
    return found[1]
