"""Pages of leaders over real PostgreSQL: rosters and who keeps them, what waits for a word, the feed."""

import io

import openpyxl
import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Pages

pytestmark = pytest.mark.postgres

HEAD = "drainage_too"
DAY = "2026-03-02"
WHISTLE = {"type": "whistle", "kind": "public_demand", "reason": "积水没过脚踝", "called": ["drainage"]}


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)


def a_sheet(*rows: tuple[str, ...]) -> dict[str, tuple[str, bytes]]:
    """Return a roster as a workbook, as a form sends it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (("name", "day", "from", "to"), *rows):
        book.active.append(row)
    book.save(out)
    return {"roster": ("roster.xlsx", out.getvalue())}


def name_everybody(pages: Pages) -> None:
    """Give the people of drainage names of their own."""
    for name, called in (("drainage", "周工"), ("drainage_too", "吴站长")):
        pages.office.database.run_sql(
            f"update identity.persons set name = '{called}' where person_id = '{an_id(f'person {name}')}'"
        )


async def test_a_head_puts_somebody_on_duty_and_ends_the_shift(pages: Pages) -> None:
    name_everybody(pages)
    head = await pages.browser_of(HEAD)

    form = {"unit": "drainage", "name": "周工", "day": DAY, "from": "08:00", "to": "18:00"}
    entered = await head.post("/rosters/shifts", form)
    await head.get("/rosters")
    on_duty = "在岗" in head.page
    shift = pages.office.database.run_sql("select shift_id from ledger.shifts").strip()
    ended = await head.post("/rosters/end", {"unit": "drainage", "shift": shift})
    await head.get("/rosters")

    assert (entered.headers["location"], on_duty) == ("/rosters?unit=drainage&done=entered", True)
    assert ended.status_code == 303
    assert "没有排班" in head.page


async def test_a_sheet_of_shifts_is_entered_whole(pages: Pages) -> None:
    name_everybody(pages)
    head = await pages.browser_of(HEAD)

    sheet = a_sheet(("周工", DAY, "08:00", "18:00"), ("吴站长", DAY, "18:00", "08:00"))
    answer = await head.post("/rosters/upload", {"unit": "drainage"}, files=sheet)
    await head.get("/rosters")

    assert answer.status_code == 303
    assert "3月3日 08:00" in head.page
    assert pages.office.count("ledger.shifts") == 2


async def test_one_mistake_and_nothing_of_the_sheet_is_entered(pages: Pages) -> None:
    name_everybody(pages)
    head = await pages.browser_of(HEAD)

    sheet = a_sheet(("周工", DAY, "08:00", "18:00"), ("陌生人", DAY, "8点", "18:00"))
    answer = await head.post("/rosters/upload", {"unit": "drainage"}, files=sheet)

    assert answer.status_code == 422
    assert "第 3 行 · 值班人" in answer.text
    assert "陌生人不是本单位人员" in answer.text
    assert "8点不是 08:00 这样的时刻" in answer.text
    assert pages.office.count("ledger.shifts") == 0


async def test_a_clerk_sees_the_roster_and_a_stranger_to_the_unit_keeps_nothing(pages: Pages) -> None:
    clerk = await pages.browser_of("drainage")
    await clerk.get("/rosters")
    seen = clerk.page
    form = {"unit": "drainage", "name": "某某", "day": DAY, "from": "08:00", "to": "18:00"}

    answers = [await clerk.post("/rosters/shifts", form)]
    coordinator = await pages.browser_of("coordinator")
    await coordinator.get("/rosters")
    answers.append(await coordinator.post("/rosters/shifts", form))

    assert "值班表" in seen
    assert "上传值班表" not in seen
    assert [answer.status_code for answer in answers] == [403, 403]


async def test_a_whistle_that_waits_is_confirmed_on_the_page(pages: Pages) -> None:
    await pages.office.open("case")
    asked = await pages.office.act("street", WHISTLE)
    coordinator = await pages.browser_of("coordinator")

    await coordinator.get("/proposals")
    page = coordinator.page
    form = {name: coordinator.field(name) for name in ("case", "type", "revision", "key", "f.proposal")}
    answer = await coordinator.post("/acts", {**form, "f.confirm": "yes", "f.reason": ""})
    await coordinator.get("/proposals")

    assert asked.status_code == 200, asked.text
    assert "积水没过脚踝" in page
    assert answer.status_code == 303, answer.text
    assert "没有等您定夺的事项" in coordinator.page
    assert pages.office.count("ledger.whistles") == 1


async def test_proposals_and_the_feed_are_for_leaders(pages: Pages) -> None:
    clerk = await pages.browser_of("drainage")

    assert (await clerk.get("/proposals")).status_code == 403
    assert (await clerk.get("/feed")).status_code == 403
    assert (await clerk.get("/feed/rows")).status_code == 403


async def test_the_feed_shows_what_comes_and_is_quiet_until_then(pages: Pages) -> None:
    await pages.office.open("case")
    leader = await pages.browser_of("leader")
    await leader.get("/feed")
    empty = leader.page
    first = await leader.get("/feed/rows")
    same = await leader.get("/feed/rows", **{"If-None-Match": first.headers["etag"]})

    await pages.office.settle("2026-03-31 01:00:00+00")
    later = await leader.get("/feed/rows", **{"If-None-Match": first.headers["etag"]})

    assert "没有重要情况" in empty
    assert (same.status_code, later.status_code) == (304, 200)
    assert "督办" in later.text
