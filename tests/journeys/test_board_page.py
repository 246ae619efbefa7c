"""The command center's board in a real browser: live, complete after a restart, and a place to act."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from services.ledger.domain.acts import Handle, SignIn, Verify
from services.ledger.domain.whistle.acts import ReportIn
from tests.environment.browser import DESKTOP, WALL, Screen
from tests.environment.pausing import paused
from tests.journeys.browsing import live
from tests.journeys.running_city import Filed, RunningCity
from tests.journeys.staff import at_work

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

ANSWER = Handle(accepted_when="上午九点", talked_with="已电话联系", measure="已修好", done_by="当天")
NOBODYS = "不知道该归谁管的一件怪事"


async def a_board(
    city: RunningCity, browser: Browser, path: str = "/board", *, role: str = "center_operator", **options: Any
) -> Screen:
    screen = await at_work(city.system, city.superuser, browser, role, **options)
    await screen.page.goto(city.system.url("desk") + path)
    await screen.page.wait_for_selector(".connection.live")
    return screen


async def number(page: Page, name: str) -> int:
    """Return one of the five numbers, once it is there."""
    await expect(page.locator(f"#n-{name}")).not_to_have_text("–")
    return int((await page.locator(f"#n-{name}").inner_text()).replace(",", ""))


def card(page: Page, column: str, filed: Filed) -> Any:
    return page.locator(f"#c-{column} [data-case='{filed.case_id}']")


async def test_a_case_climbs_before_the_eyes_of_desk_and_wall(city: RunningCity, browser: Browser) -> None:
    desk, wall = (
        await a_board(city, browser),
        await a_board(city, browser, "/board?wall=1", size=WALL, language="en-US"),
    )
    before = await number(desk.page, "open")
    filed = await city.report("积水没过脚踝，雨水箅子堵死了", **city.a_grid("sub-02"))
    await live(expect(desk.page.locator("#n-open")).to_have_text(f"{before + 1:,}"))

    await city.pass_time(until=await city.due_at(filed, "handling", "drainage"))

    for screen in (desk, wall):
        await live(expect(card(screen.page, "yellow", filed)).to_be_visible())
    whistle = desk.page.locator(f"#whistles li:has([data-case='{filed.case_id}'])").first
    await live(expect(whistle.locator(".call.called").first).to_be_visible())

    await city.act(filed, "drainage", ReportIn())

    await live(expect(whistle.locator(".call.reported_in")).to_have_count(1))
    assert (desk.foreign, desk.errors, wall.foreign, wall.errors) == ([], [], [], [])


async def test_the_center_dispatches_by_hand_what_no_rule_covered(city: RunningCity, browser: Browser) -> None:
    filed = await city.report(NOBODYS, **city.a_grid("sub-03"))
    page = (await a_board(city, browser)).page

    await page.click("#consulting")
    await page.click(f"#panel [data-case='{filed.case_id}']")
    form = page.locator("#panel form:has([name='type'][value='dispatch'])")
    await form.locator("[name='f.lead']").fill("青桐区环境卫生服务中心")
    await form.locator("[name='f.reason']").fill("属环卫作业范围")
    for radio in await form.locator("input[type=radio][value=no]").all():
        await radio.check()
    await form.locator("button[type=submit]").click()

    await expect(page.locator("#panel form:has([name='type'][value='dispatch'])")).to_have_count(1)
    await city.in_queue_of("sanitation", filed)


async def test_the_center_orders_supervision_and_the_card_moves(city: RunningCity, browser: Browser) -> None:
    filed = await city.report("路灯不亮，晚上看不见路", **city.a_grid("sub-06"))
    page = (await a_board(city, browser)).page

    await page.click("[data-list=open]")
    await page.click(f"#panel [data-case='{filed.case_id}']")
    beside = await page.locator("#panel .ours").evaluate("ours => getComputedStyle(ours).paddingLeft")
    await page.click("#panel details.others > summary")
    order = page.locator("#panel details[data-act=supervise]")
    await order.locator("summary").click()
    await order.locator("[name='f.reason']").fill("反复上报，区里督办")
    await order.locator("button[type=submit]").click()

    await live(expect(card(page, "supervision", filed)).to_be_visible())
    await expect(page.locator("#panel .due.red").first).to_be_visible()
    assert beside == "12px", "a case looks here as it does beside the queue"


async def test_the_leader_decides_what_the_clock_proposed(city: RunningCity, browser: Browser) -> None:
    filed = await city.report("垃圾箱满溢，几天没人清", **city.a_grid("sub-07"))
    await city.pass_time(until=await city.due_at(filed, "promise") + timedelta(days=14))
    page = (await a_board(city, browser, role="center_leader")).page

    await page.click("#proposals")
    await page.locator(f"#panel [data-case='{filed.case_id}']").first.click()
    decision = page.locator("#panel details[data-act=decide]")
    await decision.wait_for(state="attached")  # the case is still being fetched: what is not there is not visible
    if not await decision.locator("form").is_visible():
        await decision.locator("summary").click()
    await decision.locator("[name='f.confirm'][value=yes]").check()
    await decision.locator("[name='f.reason']").fill("情况属实，予以通报")
    await decision.locator("button[type=submit]").click()

    await expect(page.locator("#panel .timeline")).to_contain_text("提议已审定")
    decided = "select proposals #>> '{0,state}' from ledger.cases where case_id = $1"
    assert await city.superuser.fetchval(decided, filed.case_id) == "confirmed"


async def test_the_leader_switches_an_emergency_on_and_off(city: RunningCity, browser: Browser) -> None:
    watching = (await a_board(city, browser)).page
    page = (await a_board(city, browser, role="center_leader")).page
    await watching.click("#mode")
    await expect(watching.locator("#panel")).to_contain_text("只能由指挥中心负责人操作")

    await page.click("#mode")
    for started in (True, False):
        form = page.locator("#panel form").last if started else page.locator("#panel form").first
        await form.locator("[name=reason]").fill("暴雨橙色预警" if started else "预警解除")
        await form.locator("button[type=submit]").click()
        await expect(page.locator("#panel")).to_contain_text("即将启动" if started else "即将解除")
        await city.pass_time(until=city.clock.at + timedelta(minutes=1))
        await expect(page.locator("#mode")).to_have_text("急" if started else "平")
        await page.click("#panel-close")
        await page.click("#mode")


async def test_each_number_opens_the_cases_behind_it(city: RunningCity, browser: Browser) -> None:
    filed = await city.report("公园健身器材坏了", **city.a_grid("sub-08"))
    lead = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", filed.case_id)
    await city.act(filed, lead, SignIn())
    await city.act(filed, lead, ANSWER)
    await city.act(filed, "sub-08", Verify(done=True, note="已修好"), "subdistrict_officer")
    page = (await a_board(city, browser)).page

    for name in ("reported", "open", "overdue", "whistles", "rate"):
        await page.click(f"[data-list={name}]")
        await expect(page.locator("#panel-title")).to_be_visible()
        closed = page.locator(f"#panel [data-case='{filed.case_id}'] .left.t-calm")
        await expect(closed).to_have_count(1 if name in {"reported", "rate"} else 0)
        await page.click("#panel-close")


async def test_the_board_is_worked_by_keys_and_says_which(city: RunningCity, browser: Browser) -> None:
    await city.report("窨井盖松动", **city.a_grid("sub-05"))
    await city.quiet.wait()  # a fact that came now would draw the list anew, and whoever is in it would lose the focus
    screen = await a_board(city, browser)
    page = screen.page
    await expect(page.locator("#n-open")).not_to_have_text("–")

    await page.keyboard.press("?")
    await expect(page.locator("#keys-told")).to_be_visible()
    barriers = await screen.violations()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys-told")).to_be_hidden()
    await page.keyboard.press("2")
    await expect(page.locator("#panel-title")).to_have_text("在办")
    await page.keyboard.press("j")

    assert await page.evaluate("document.activeElement.matches('#panel button[data-case]')")
    await page.keyboard.press("Enter")
    await expect(page.locator("#panel .timeline")).to_be_visible()
    assert barriers == []


async def test_a_board_that_hears_nothing_says_so_across_its_top(city: RunningCity, browser: Browser) -> None:
    screen = await a_board(city, browser)
    await expect(screen.page.locator("#stale")).to_be_hidden()

    # The service hangs: of a browser that is told to be offline, a worker's stream may live on.
    board = city.system.pid("board")
    assert board is not None
    async with paused(board):
        await expect(screen.page.locator("#stale")).to_be_visible(timeout=60_000)

    await expect(screen.page.locator("#stale")).to_be_hidden(timeout=60_000)


async def test_after_a_restart_of_its_service_the_board_is_live_and_whole_again(
    city: RunningCity, browser: Browser
) -> None:
    page = (await a_board(city, browser)).page
    await city.report("路灯不亮一周了", **city.a_grid("sub-04"))
    city.system.kill("board")
    await expect(page.locator("#connection")).not_to_have_class("connection live")
    filed = await city.report("路灯又不亮了", **city.a_grid("sub-04"))
    total = await city.superuser.fetchval(
        "select count(*) from ledger.cases where closed_at is null and lane = 'ordinary' and duplicate_of is null"
    )

    await expect(page.locator("#connection")).to_have_class("connection live")
    await live(expect(page.locator("#n-open")).to_have_text(f"{total:,}"))
    await page.click("[data-list=open]")
    await expect(page.locator(f"#panel [data-case='{filed.case_id}']")).to_be_visible()


async def test_the_board_is_accessible_and_loads_nothing_from_elsewhere(city: RunningCity, browser: Browser) -> None:
    looks: list[tuple[str, dict[str, Any]]] = [
        ("/board", {"size": DESKTOP, "theme": "light"}),
        ("/board", {"size": DESKTOP, "theme": "dark", "language": "en-US"}),
        ("/board?wall=1", {"size": WALL}),
    ]
    for path, options in looks:
        board = await a_board(city, browser, path, **options)

        violations = await board.violations()

        assert violations == [], options
        assert (board.foreign, board.errors) == ([], []), options
