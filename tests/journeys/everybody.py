"""One report's way before everybody's eyes: who takes part, and what each of them does at a browser of their own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from playwright.async_api import Locator, Page, expect

from deploy.demo.city.reporters import address_of, form_of
from deploy.demo.district import sample_district
from deploy.demo.reports import Week
from services.ledger.domain.whistle.acts import ReportIn
from tests.journeys.album import Album
from tests.journeys.browsing import Browsing, Person, live
from tests.journeys.running_city import Filed, RunningCity
from tests.waiting import eventually

WORDS: Final = "建设路东口雨水箅子堵了，积水没过脚踝"
ANSWER: Final = {
    "accepted_when": "周一上午九点受理",
    "talked_with": "电话联系报告人，已说明处理办法",
    "measure": "清掏三处雨水箅子，抽排积水，路面已冲洗",
    "done_by": "当日办结",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, each at a browser of their own, all at once."""

    resident: Person
    clerk: Person
    center: Person
    officer: Person


@dataclass(frozen=True, slots=True)
class Journey:
    """One report's way; a method per step."""

    city: RunningCity
    browsers: Browsing
    cast: Cast
    album: Album

    async def reports(self) -> tuple[Filed, str]:
        """Report from the phone; return the case and the code to come back with."""
        page = self.cast.resident.page
        await self.album.take("1-report", page, self._filled_in)
        await page.click("#send")
        await page.wait_for_selector("#sent:visible")
        code = await page.locator("#sent [data-code]").inner_text()
        case_id = await self.city.opened(await page.locator("#sent [data-number]").inner_text())
        return Filed(None, case_id), code  # type: ignore[arg-type]  # the receipt stays with the resident

    async def _filled_in(self, page: Page) -> None:
        await page.goto(self.city.system.url("intake-api") + "/report")
        await page.fill("#text", WORDS)
        await page.select_option("#community", "com-0301")
        await page.fill("#address", "建设路东口")
        await page.fill("#phone", "13900001234")
        await page.evaluate("scrollTo(0, 0)")

    async def signs_in(self, filed: Filed) -> None:
        """Sign in by keyboard, in the queue of the department that leads."""
        page = self.cast.clerk.page
        await self.album.take("2-sign-in", page, lambda page: self._in_queue(page, filed))
        await page.keyboard.press("s")
        await page.wait_for_selector("#detail .notice.good")

    async def falls_overdue(self, filed: Filed, lead: str) -> None:
        """Let the limit pass; the queue says so."""
        await self.city.pass_time(until=await self.city.due_at(filed, "handling", lead))
        await self.minutes_pass(6)
        await self.album.take("3-overdue", self.cast.clerk.page, lambda page: self._in_queue(page, filed))
        await expect(self.cast.clerk.page.locator(f"tr[data-case='{filed.case_id}'] .due.yellow").first).to_be_visible()

    async def whistles_on_the_board(self, filed: Filed) -> Locator:
        """See the whistle on the board, without a hand on it; return its line."""
        page = self.cast.center.page
        await live(expect(page.locator(f"#c-yellow [data-case='{filed.case_id}']")).to_be_visible())
        whistle = page.locator(f"#whistles li:has([data-case='{filed.case_id}'])")
        await live(expect(whistle.locator(".call.called").first).to_be_visible())
        await self.album.take("4-whistle", page, lambda page: self._board(page, filed))
        return whistle

    async def _board(self, page: Page, filed: Filed) -> None:
        if self.album.wanted:
            await page.reload()
        shown = page.locator(f"#whistles li:has([data-case='{filed.case_id}']) .call").first
        await shown.scroll_into_view_if_needed()

    async def report_in(self, filed: Filed, whistle: Locator) -> None:
        """Report in: the lead at its browser, two others after it, one never."""
        await self.minutes_pass(3)
        page = self.cast.clerk.page
        await self.album.take("5-report-in", page, lambda page: self._reporting_in(page, filed))
        await page.click("details[data-act=report_in] button.first")
        await page.wait_for_selector("#detail .notice.good")
        await live(expect(whistle.locator(".call.reported_in")).to_have_count(1))
        for unit in ("sanitation", "traffic_police"):
            await self.minutes_pass(6)
            await self.city.act(filed, unit, ReportIn(place="建设路东口"))
        await self.minutes_pass(12)
        await live(expect(whistle.locator(".call.no_show")).to_have_count(1))
        await expect(whistle.locator(".call.reported_in")).to_have_count(3)
        await self.album.take("6-who-came", self.cast.officer.page, self._street)

    async def minutes_pass(self, minutes: int) -> None:
        await self.city.pass_time(until=self.city.clock.at + timedelta(minutes=minutes))

    async def _reporting_in(self, page: Page, filed: Filed) -> None:
        await self._in_queue(page, filed)
        await page.keyboard.press("r")
        await page.fill("[name='f.place']", "建设路东口，已带抽水泵")

    async def _street(self, page: Page) -> None:
        await page.goto(f"{self.browsers.desk}/subdistrict")

    async def handles(self, filed: Filed) -> None:
        """Answer with the four elements."""
        page = self.cast.clerk.page
        await self.album.take("7-handled", page, lambda page: self._answering(page, filed))
        await page.click("details[data-act=handle] button.first")
        await self.until(filed, "handled")

    async def _answering(self, page: Page, filed: Filed) -> None:
        await self._in_queue(page, filed)
        await page.keyboard.press("h")
        for name, text in ANSWER.items():
            await page.fill(f"#detail [name='f.{name}']", text)
        await page.locator("#detail details[data-act=handle]").evaluate("form => form.scrollIntoView()")

    async def another_person_verifies(self, filed: Filed) -> None:
        """Look at the place, and close."""
        page = self.cast.officer.page
        await self.album.take("8-verified", page, lambda page: self._verifying(page, filed.case_id))
        await page.click("details[data-act=verify] button.first")
        await self.until(filed, "closed")

    async def _verifying(self, page: Page, case_id: UUID) -> None:
        await page.goto(f"{self.browsers.desk}/cases/{case_id}")
        await page.check("[name='f.done'][value=yes]")
        await page.fill("details[data-act=verify] [name='f.note']", "现场复查，积水已退")

    async def rates(self, filed: Filed, code: str) -> None:
        """Come back by the code, read the answer, rate it once."""
        page = self.cast.resident.page
        await self.album.take("9-rated", page, lambda page: self._rating(page, code))
        await page.click("#rate button")
        await page.wait_for_selector(".notice.good")
        sql = "select true from ledger.followups where case_id = $1 and applied_version is not null"
        await eventually(lambda: self.city.superuser.fetchval(sql, filed.case_id), within_seconds=60)

    async def _rating(self, page: Page, code: str) -> None:
        await page.goto(self.city.system.url("intake-api") + "/track")
        await page.fill("#code", code)
        await page.click("#by-code button")
        await page.locator("#rate input[type=radio]").first.check()
        await page.locator("#rate").evaluate("form => form.scrollIntoView({block: 'end'})")

    async def _in_queue(self, page: Page, filed: Filed) -> None:
        await page.goto(f"{self.browsers.desk}/queue")
        await page.locator(f"tr[data-case='{filed.case_id}'] a.open").first.focus()
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#detail .case-part")

    async def until(self, filed: Filed, state: str) -> None:
        """Wait until the case is in that state."""
        sql = "select state = $2 from ledger.cases where case_id = $1"
        await eventually(lambda: self.city.superuser.fetchval(sql, filed.case_id, state), within_seconds=60)


async def a_busy_morning(city: RunningCity) -> None:
    """Let others report too, so that the pictures show a city and not one case."""
    for report in Week(sample_district(), 7).reports(150):
        if report.channel == "one_key":
            address = address_of(report.serial)
            await city.doors.report(form_of(report), key=f"morning-{report.serial}", address=address)
    await city.quiet.wait()
