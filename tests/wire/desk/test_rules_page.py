"""The rules page over real PostgreSQL: sheets come in, mistakes go back, two persons publish, all is written down."""

import html
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING
from tests.waiting import eventually
from tests.wire.desk.pages import Browser
from tests.wire.desk.rules_pages import RulesDesk, a_rules_desk

pytestmark = pytest.mark.postgres

TO_POLICE = ("雨水箅;雨水口,,,,,0203,,", "雨水箅;雨水口,,,,,0203,police,")
STILL_RUNNING = """
    update reference.replays
    set run = gen_random_uuid(), ended = null, result = null, told_at = clock_timestamp() + interval '1 hour'
"""
GRATES = "0203,02,排水,drainage,箅子堵塞,grate_blocked,component,drainage,police"
GRATES_TO_POLICE = "0203,02,排水,drainage,箅子堵塞,grate_blocked,component,police,drainage"


@pytest.fixture
async def rules(database: Database, tmp_path: Path) -> AsyncIterator[RulesDesk]:
    async with a_rules_desk(database, tmp_path) as desk:
        yield desk


async def drafted(rules: RulesDesk) -> Browser:
    """Let the rule owner upload a sheet in which drains go to the police."""
    owner = await rules.browser_of("rule_owner")
    answer = await rules.upload(owner, rules__csv=rules.sheet("rules", TO_POLICE))
    assert answer.headers["location"] == "/rules?draft=2&done=drafted", answer.text
    return owner


async def test_a_clerk_does_not_see_the_rules(rules: RulesDesk) -> None:
    clerk = await rules.browser_of("clerk")

    assert (await clerk.get("/rules")).status_code == 403
    assert (await clerk.get("/rules/versions/1/rules.csv")).status_code == 403
    await clerk.get("/queue")
    assert 'href="/rules"' not in clerk.page
    assert (await rules.upload(clerk, rules__csv=b"id\n")).status_code == 403


async def test_the_version_in_force_stands_beside_the_drafts(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")

    assert "第 1 版" in owner.page
    assert "没有待发布的草案" in owner.page


async def test_a_draft_says_in_words_what_it_changes(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")
    catalogue = rules.sheet("catalogue", (GRATES, GRATES_TO_POLICE), (",normal,1wd,,Y", ",normal,2wd,,Y"))

    await rules.upload(owner, catalogue__csv=catalogue)

    assert "箅子堵塞 (0203)" in owner.page
    assert "由 排水中心 改为 公安分局" in owner.page
    assert "办理时限 1 个工作日 → 2 个工作日" in owner.page


async def test_refused_sheets_come_back_with_row_and_column(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")

    answer = await rules.upload(owner, rules__csv=rules.sheet("rules", (",0203,", ",9999,")))
    marked = await owner.get("/rules/refused/rules.xlsx")

    assert answer.headers["location"] == "/rules?done=refused"
    await owner.get("/rules")
    assert "识别规则 · 第 2 行 · 事项" in owner.page
    assert "9999不存在" in owner.page
    page = openpyxl.load_workbook(io.BytesIO(marked.content))["rules"]
    assert "'9999' does not exist" in str(page.cell(2, page.max_column).value)
    leader = await rules.browser_of("center_leader")
    # By itself the number may stand in the page's own random marks.
    assert "9999不存在" not in leader.page
    assert "识别规则 · 第 2 行" not in leader.page
    assert (await leader.get("/rules/refused/rules.xlsx")).status_code == 404


async def test_a_corrected_upload_takes_the_place_of_the_refused_one(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")
    await rules.upload(owner, rules__csv=rules.sheet("rules", (",0203,", ",9999,")))

    await rules.upload(owner, rules__csv=rules.sheet("rules", TO_POLICE))

    assert "处错误" not in owner.page
    assert "草案 2" in owner.page


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("persons__csv", b"id\n", "不是规则文件", id="not-part-of-a-version"),
        pytest.param("rules__xlsx", b"no zip", "不是 xlsx 文件", id="no-workbook"),
        pytest.param("policies__json", b"{", "truncated", id="no-json"),
    ],
)
async def test_files_that_are_no_sheets_are_refused(rules: RulesDesk, name: str, content: bytes, says: str) -> None:
    owner = await rules.browser_of("rule_owner")

    await rules.upload(owner, "不是规则", **{name: content})

    assert says in owner.page
    assert await rules.town.rows("select count(*) from reference.drafts where published_as is null") == [(0,)]


async def test_what_changes_nothing_is_no_draft(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")

    answer = await rules.upload(owner, rules__csv=rules.sheet("rules"))

    assert answer.status_code == 422
    assert "与现行版本相同" in answer.text


async def test_two_persons_publish_and_the_version_comes_into_force_at_its_instant(rules: RulesDesk) -> None:
    owner = await drafted(rules)

    alone = await owner.post("/rules/drafts/2/publish", {"against": "1"})
    leader = await rules.browser_of("center_leader")
    published = await leader.post("/rules/drafts/2/publish", {"against": "1", "begins": "2026-03-02T11:00"})

    assert (alone.status_code, published.headers["location"]) == (409, "/rules?done=published")
    assert "须由另一人发布" in alone.text
    await leader.get("/rules")
    assert "将生效" in leader.page
    assert "2026年3月2日 11:00" in leader.page
    assert rules.town.reference.latest().number == 1
    rules.town.at(MORNING + timedelta(hours=1))
    await rules.town.reference.refresh()
    assert rules.town.reference.latest().number == 2


async def test_an_instant_that_has_passed_is_refused(rules: RulesDesk) -> None:
    await drafted(rules)
    leader = await rules.browser_of("center_leader")

    answer = await leader.post("/rules/drafts/2/publish", {"against": "1", "begins": "2026-03-02T09:00"})

    assert answer.status_code == 422
    assert await rules.town.rows("select count(*) from reference.versions") == [(1,)]


async def test_whoever_looked_at_an_older_version_looks_again(rules: RulesDesk) -> None:
    await drafted(rules)
    leader = await rules.browser_of("center_leader")

    answer = await leader.post("/rules/drafts/2/publish", {"against": "7"})

    assert answer.status_code == 409
    assert "请重新查看差异" in answer.text


async def test_a_replay_says_what_would_move(rules: RulesDesk) -> None:
    await rules.town.open("one", "two", item="0203", place=HERE)
    await rules.town.open("three", item="1001", place=HERE)
    owner = await rules.browser_of("rule_owner")
    lead = (GRATES, GRATES_TO_POLICE)
    await rules.upload(owner, catalogue__csv=rules.sheet("catalogue", lead))

    begun = await owner.post("/rules/drafts/2/replay", {"cases": "1000"})

    assert begun.headers["location"] == "/rules?draft=2#replay"

    async def ended() -> str | None:
        await owner.get("/rules?draft=2")
        return owner.page if "重新试算" in owner.page else None

    told: str = await eventually(ended, within_seconds=60)
    assert '<span class="small">改派</span><strong>2</strong>' in told
    assert "共 3 件" in told
    assert "排水中心 → <strong>公安分局</strong>" in told


async def test_while_a_replay_runs_the_page_loads_itself_again_wherever_one_has_gone_on_it(rules: RulesDesk) -> None:
    """A browser that stands at a page's fragment takes its own address for a place on the page, and loads nothing."""
    owner = await drafted(rules)
    await owner.post("/rules/drafts/2/replay", {"cases": "1000"})
    rules.town.database.run_sql(STILL_RUNNING)

    seen = ["/rules?draft=2"]
    for _ in range(3):
        await owner.get(seen[-1])
        after, again = re.findall(r'http-equiv="refresh" content="(\d+); url=([^"]+)"', owner.page)[0]
        seen.append(html.unescape(again).partition("#")[0])
        assert (after, again.endswith("#replay")) == ("2", True)

    assert all(before != then for before, then in pairwise(seen))


async def test_nobody_but_rule_owners_and_leaders_replays(rules: RulesDesk) -> None:
    await drafted(rules)
    clerk = await rules.browser_of("clerk")

    assert (await clerk.post("/rules/drafts/2/replay", {"cases": "10"})).status_code == 403


async def test_the_way_back_is_a_draft_that_another_person_publishes(rules: RulesDesk) -> None:
    await drafted(rules)
    leader = await rules.browser_of("center_leader")
    await leader.post("/rules/drafts/2/publish", {"against": "1"})
    rules.town.at(MORNING + timedelta(minutes=1))
    await rules.town.reference.refresh()
    owner = await rules.browser_of("rule_owner")

    back = await owner.post("/rules/versions/1/again", {"note": "改错了，先恢复"})
    await owner.get(back.headers["location"])

    assert "改错了，先恢复" in owner.page
    assert "与第 2 版相比" in owner.page


async def test_a_withdrawn_draft_is_not_published(rules: RulesDesk) -> None:
    owner = await drafted(rules)

    await owner.post("/rules/drafts/2/withdraw", {})
    leader = await rules.browser_of("center_leader")
    answer = await leader.post("/rules/drafts/2/publish", {"against": "1"})

    assert answer.status_code == 409
    assert "草案 2" not in leader.page.split("操作记录")[0]


async def test_who_did_what_is_written_down_and_cannot_be_changed(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")
    await rules.upload(owner, rules__csv=rules.sheet("rules", (",0203,", ",9999,")))
    await drafted(rules)
    leader = await rules.browser_of("center_leader")
    await leader.post("/rules/drafts/2/publish", {"against": "1"})

    acts = await rules.town.rows("select act from reference.acts order by act_id")
    await leader.get("/rules")

    assert [act for (act,) in acts][-3:] == ["refused", "drafted", "published"]
    assert "上传被退回" in leader.page
    granted = """
        select grantee from information_schema.table_privileges
        where table_schema = 'reference' and table_name = 'acts' and privilege_type in ('UPDATE', 'DELETE')
            and grantee <> 'migrator'
    """
    assert await rules.town.rows(granted) == []


async def test_sheets_of_a_version_can_be_taken_edited_and_brought_back(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")

    taken = await owner.get("/rules/versions/1/rules.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    page = book["rules"]
    columns = [cell.value for cell in page[1]]
    page.cell(2, columns.index("item") + 1).value = "1001"
    out = io.BytesIO()
    book.save(out)
    await owner.get("/rules")
    answer = await rules.upload(owner, rules__xlsx=out.getvalue())

    assert answer.headers["location"] == "/rules?draft=2&done=drafted"
    assert "事项 箅子堵塞 (0203) → 游商 (1001)" in owner.page


async def test_a_form_from_elsewhere_is_refused(rules: RulesDesk) -> None:
    await drafted(rules)
    leader = await rules.browser_of("center_leader")

    answer = await leader.client.post("/rules/drafts/2/publish", data={"against": "1", "csrf": "x"})

    assert answer.status_code == 403
