"""What the board's script draws of what it is told: numbers, grids, whistles, news; each fact once, twice a second."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from services.contracts.events import CaseProgressed, ClockSnapshot, Place
from services.contracts.events.life import ExtensionAsked
from tests.builders import MONDAY_NOON, an_id
from tests.environment.browser import WALL, Theme
from tests.unit.notify.facts import a_fact, a_step
from tests.waiting import eventually
from tests.wire.desk.board_stage import EAST, WEST, a_row, a_stage

MILLISECONDS = 30_000
A_FEW = 4
"""Lines that one frame may change."""
DUE = MONDAY_NOON + timedelta(hours=1)
BESIDE = {
    "week_ago": {"reported_today": 4, "open": 1, "overdue": 0, "whistles_open": 0, "on_time_rate_today": None},
    "week": {"reported": 9, "closed": 3, "on_time_rate": 0.5},
}
PIXEL = """([across, down]) => {
    const canvas = document.querySelector("#map canvas");
    const [box, drawn] = [document.getElementById("map").getBoundingClientRect(), canvas.getBoundingClientRect()];
    const [x, y] = [box.left + box.width * across - drawn.left, box.top + box.height * down - drawn.top];
    const [wide, high] = [canvas.width / drawn.width, canvas.height / drawn.height];
    return [...canvas.getContext("2d").getImageData(x * wide, y * high, 1, 1).data].slice(0, 3);
}"""
ROW_HAS = """([down, name]) => {
    const canvas = document.querySelector("#map canvas");
    const probe = document.createElement("i");
    probe.style.color = getComputedStyle(document.getElementById("map")).getPropertyValue(name);
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/[0-9]+/g).map(Number);
    probe.remove();
    const [box, drawn] = [document.getElementById("map").getBoundingClientRect(), canvas.getBoundingClientRect()];
    const y = (box.top + box.height * down - drawn.top) * canvas.height / drawn.height;
    const row = canvas.getContext("2d").getImageData(0, y, canvas.width, 1).data;
    const is = (at) => wanted.every((value, of) => Math.abs(value - row[at + of]) < 8);
    for (let at = 0; at < row.length; at += 4) if (is(at)) return true;
    return false;
}"""

TOUCHED = """
    window.touched = [];
    new MutationObserver((records) => {
        window.touched.push(records.flatMap((record) => [...record.addedNodes]).map((card) => card.dataset.key));
    }).observe(document.getElementById("c-yellow"), { childList: true });
"""


def a_move(name: str, version: int, grid: str = WEST, **changes: Any) -> CaseProgressed:
    """Return a fact of a case whose handling limit is an hour away."""
    owes, due_at, calendar = changes.pop("owes", "reminder"), changes.pop("due_at", DUE), changes.pop("calendar", None)
    by_night = calendar is None
    clock = ClockSnapshot("handling", "drainage", 1, MONDAY_NOON, due_at, next_step=owes, day_and_night=by_night)
    place = Place(grid=grid, community="com-0101", subdistrict="sub-01")
    given: dict[str, Any] = {"number": name, "place": place, "clocks": (clock,), "state": "handling"} | changes
    return a_fact(name=name, version=version, **given)


def a_call(unit: str, state: str, *, due: int, came: int | None = None) -> dict[str, Any]:
    """Return a called department; times are minutes from the picture's instant."""
    came_at = None if came is None else MONDAY_NOON + timedelta(minutes=came)
    return {"unit": unit, "state": state, "due_at": MONDAY_NOON + timedelta(minutes=due), "reported_in_at": came_at}


async def pixel(page: Page, across: float) -> list[int]:
    """Return the colour of the map, half-way down."""
    colour: list[int] = await page.evaluate(PIXEL, [across, 0.5])
    return colour


async def opens(page: Page, count: int) -> None:
    await expect(page.locator("#n-open")).to_have_text(str(count), timeout=MILLISECONDS)


async def test_before_its_cases_have_come_the_board_is_not_live_and_shows_what_is_counted(browser: Browser) -> None:
    async with a_stage(rows=[a_row("west", WEST), a_row("east", EAST)], trend=BESIDE) as stage:
        stage.cases_go.clear()
        page = (await stage.begin(browser)).page
        await opens(page, 2)
        await page.click("[data-list=open]")
        await page.evaluate("new Promise((later) => setTimeout(later, 1200))")  # longer than between two pictures
        before = await page.get_attribute("#connection", "class")

        stage.cases_go.set()

        await page.wait_for_selector("#connection.live")
        await expect(page.locator("#panel [data-case]")).to_have_count(2)
        assert before == "connection connecting"


async def test_the_board_draws_what_it_is_told(browser: Browser) -> None:
    whistle = {
        "case_id": an_id("west"), "number": "west", "version": 1, "item": "0203", "lead": "drainage", "whistle": 1,
        # Half of the time is left, and still is when a slow machine has drawn it.
        "kind": "public_demand", "subdistrict": "sub-01", "blown_at": MONDAY_NOON - timedelta(hours=20),
        "calls": [
            a_call("sanitation", "called", due=20 * 60),
            a_call("drainage", "reported_in", due=-20 * 60 + 10, came=-20 * 60 + 15),
        ],
    }  # fmt: skip
    rows = [a_row("west", WEST), *(a_row(f"east {nth}", EAST) for nth in range(3))]
    sensitive = {"drugs": 2, "petition": 1}
    async with a_stage(rows=rows, whistles=[whistle], sensitive=sensitive, trend=BESIDE) as stage:
        screen = await stage.open(browser, timezone_id="America/New_York")
        page = screen.page
        await opens(page, 4)

        await expect(page.locator("#sensitive")).to_have_text("敏感件 3")
        written = await page.inner_text("body")
        assert not any(lane in written for lane in ("drugs", "petition", "涉毒", "信访"))
        await expect(page.locator("#t-reported")).to_have_text("较上周此时 −3 · 本周 9")
        await expect(page.locator("#t-open")).to_have_text("较上周此时 +3")
        await expect(page.locator("#as-of")).to_have_text("数据截至 09:00:00")
        await expect(page.locator(".call.late")).to_contain_text("排水公司 迟到，15 分")
        await expect(page.locator("#whistles progress")).to_have_attribute("value", "50")

        async def filled() -> bool:
            # --fill-1 where one case is open, --fill-2 where three are.
            colours = [await pixel(page, across) for across in (0.25, 0.75)]
            return bool(colours == [[0xD3, 0xE3, 0xF5], [0x94, 0xBC, 0xE5]])

        drawn: bool = await eventually(filled, within_seconds=30)
        assert drawn
        assert not await page.evaluate(ROW_HAS, [0.5, "--yellow"])

        stage.tell([a_move("west", 2, owes="letter")])

        await expect(page.locator(f"#c-yellow [data-case='{an_id('west')}']")).to_be_visible(timeout=MILLISECONDS)
        await eventually(lambda: page.evaluate(ROW_HAS, [0.5, "--yellow"]), within_seconds=30)
        box = await page.locator("#map").bounding_box()
        assert box is not None
        await page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5)
        await expect(page.locator("#panel-title")).to_have_text("东网格")
        await expect(page.locator("#panel .listed [data-case]")).to_have_count(3)
        assert screen.errors == []


async def test_the_feed_names_whose_step_of_which_clock_it_is_and_every_kind_of_fact(browser: Browser) -> None:
    async with a_stage(trend=BESIDE, visitor=None) as stage:
        page = (await stage.open(browser)).page
        await opens(page, 0)

        stage.tell([
            a_move("late", 2, what=a_step("limit")),
            a_move("late", 3, what=a_step("limit", clock="promise", unit="")),
            a_move("late", 4, what=ExtensionAsked("drainage", "雨天无法施工", "1wd")),
        ])  # fmt: skip

        lines = page.locator("#feed li .fact")
        await expect(lines).to_have_text(
            ["申请延期：井盖（排水公司）", "对群众的承诺超期：井盖（排水公司）", "处置超期：井盖（排水公司）"],
            timeout=MILLISECONDS,
        )


@pytest.mark.parametrize(
    ("language", "left", "rest"),
    [
        ("zh-CN", "剩余 1 工作日 1 工作小时", "还剩 1 天 1 小时"),
        ("en-US", "1 working d 1 working h left", "1 d 1 h left"),
    ],
)
async def test_what_is_left_is_said_in_working_time_where_only_that_counts(
    browser: Browser, language: str, left: str, rest: str
) -> None:
    tomorrow = MONDAY_NOON + timedelta(hours=25, minutes=30)
    due: dict[str, Any] = {"card": 1, "due_at": tomorrow}
    rows = [a_row("by the office", WEST, calendar=1, **due), a_row("day and night", WEST, **due)]
    called = a_call("sanitation", "called", due=25 * 60 + 30) | {"calendar": 1}
    whistle = {
        "case_id": an_id("west"), "number": "west", "version": 1, "item": "0203", "lead": "drainage", "whistle": 1,
        "kind": "public_demand", "subdistrict": "sub-01", "blown_at": MONDAY_NOON, "calls": [called],
    }  # fmt: skip
    async with a_stage(rows=rows, whistles=[whistle], trend=BESIDE) as stage:
        page = (await stage.open(browser, language=language)).page
        cards = page.locator("#c-blue [data-case] .left")
        await expect(cards).to_have_count(2, timeout=MILLISECONDS)

        stage.tell([a_move("told", 2, owes="limit", due_at=tomorrow, calendar=1)])

        await expect(cards).to_have_count(3, timeout=MILLISECONDS)
        assert sorted(await cards.all_text_contents()) == sorted([left, left, rest])
        await expect(page.locator("#whistles .left")).to_have_text(left)
        assert {await card.get_attribute("title") for card in await cards.all()} == {
            "2026年3月3日 10:30" if language == "zh-CN" else "3 Mar 2026 10:30"
        }
        await page.click("[data-list=open]")
        await expect(page.locator("#panel .listed .left").first).to_have_text(left)


async def test_a_fact_told_twice_or_late_is_drawn_once_and_news_wait_for_a_click(browser: Browser) -> None:
    async with a_stage(rows=[a_row("known", EAST, version=5)], trend=BESIDE) as stage:
        page = (await stage.open(browser)).page
        await opens(page, 1)
        stage.tell([a_move("new", 2), a_move("known", 6, state="handling")])
        await opens(page, 2)
        lines = page.locator("#feed li")
        await expect(lines).to_have_count(2, timeout=MILLISECONDS)

        later = [
            a_move("new", 2),
            a_move("new", 1, state="closed"),
            a_move("known", 5, state="closed"),
            a_move("third", 1),
        ]
        stage.tell([*later, *later])

        await opens(page, 3)
        await expect(page.locator("#feed-new")).to_have_text("1 条新动态")
        await expect(lines).to_have_count(2)
        await page.click("#feed-new")
        await expect(lines).to_have_count(3)
        await expect(page.locator("#feed-new")).to_be_hidden()


async def test_fifty_facts_a_second_are_two_pictures(browser: Browser) -> None:
    async with a_stage(trend=BESIDE) as stage:
        page = (await stage.open(browser)).page
        await opens(page, 0)
        before = await page.evaluate("[window.pictures, performance.now()]")

        for nth in range(1, 201):
            stage.tell([a_move(f"case {nth}", 1)])
            await page.wait_for_timeout(20)
        await opens(page, 200)

        after = await page.evaluate("[window.pictures, performance.now()]")
        seconds = (after[1] - before[1]) / 1000
        # One more for each end of the measured time.
        assert 3 <= after[0] - before[0] <= 2 * seconds + 2


async def test_a_wall_takes_up_a_new_build_and_opens_no_case(browser: Browser) -> None:
    late = a_row("late", WEST, card=2, due_at=DUE)
    async with a_stage(rows=[late], sensitive={"drugs": 1}, trend=BESIDE, visitor=None) as stage:
        screen = await stage.open(browser, language="en-US", size=WALL, hurried=True)
        page = screen.page
        await expect(page.locator("#sensitive")).to_have_text("1 sensitive")
        await page.locator("#c-yellow [data-case]").click()
        await page.click("#mode")
        await expect(page.locator("#panel")).to_be_hidden()
        size = "parseFloat(getComputedStyle(document.querySelector('.number-tile strong')).fontSize)"
        assert await page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
        assert await page.evaluate(size) >= 40

        stage.build = "second"

        await expect(page.locator("#board")).to_have_attribute("data-build", "second", timeout=MILLISECONDS)
        await expect(page.locator(".connection.live")).to_be_visible(timeout=MILLISECONDS)
        assert screen.errors == []


@pytest.mark.parametrize(("theme", "offered"), [("light", "深色"), ("dark", "浅色")])
async def test_whoever_chose_no_theme_is_offered_the_one_their_machine_does_not_have(
    browser: Browser, theme: Theme, offered: str
) -> None:
    async with a_stage(trend=BESIDE) as stage:
        page = (await stage.open(browser, theme=theme)).page

        links = page.locator(".who a[href*='/look/']:visible", has_text="色")
        await expect(links).to_have_text([offered])


async def test_a_desk_takes_up_new_names_once_nothing_is_open_in_its_panel(browser: Browser) -> None:
    async with a_stage(rows=[a_row("one", WEST)], trend=BESIDE) as stage:
        page = (await stage.open(browser, hurried=True)).page
        await opens(page, 1)
        await page.click("[data-list=open]")
        await expect(page.locator("#panel-title")).to_be_visible()

        stage.version = 2

        for _ in range(2):
            await page.wait_for_event("response", lambda answer: answer.url.endswith("/board/alive"))
        await expect(page.locator("#panel-title")).to_be_visible()
        await page.click("#panel-close")
        await expect(page.locator("#board")).to_have_attribute("data-version", "2", timeout=MILLISECONDS)


async def test_cards_that_stay_are_not_touched_and_new_ones_come_few_at_a_time(browser: Browser) -> None:
    due = [MONDAY_NOON - timedelta(minutes=50 - nth) for nth in range(40)]
    rows = [a_row(f"case {nth}", WEST, card=2, due_at=due[nth]) for nth in range(40)]
    async with a_stage(rows=rows, trend=BESIDE) as stage:
        page = (await stage.open(browser)).page
        cards = page.locator("#c-yellow > li")
        await expect(cards).to_have_count(30, timeout=MILLISECONDS)
        await page.evaluate(TOUCHED)

        stage.tell([a_move(f"case {nth}", 2, state="closed") for nth in range(10)])
        await expect(cards.last).to_have_attribute("data-key", str(an_id("case 39")), timeout=MILLISECONDS)

        told = await page.evaluate("window.touched")
        order = [await card.get_attribute("data-key") for card in await cards.all()]
        assert sorted(card for few in told for card in few) == sorted(
            str(an_id(f"case {nth}")) for nth in range(30, 40)
        )
        assert max(map(len, told)) <= A_FEW
        assert order == [str(an_id(f"case {nth}")) for nth in range(10, 40)]
