"""The report page inside another app's web view: an old engine's script, nothing kept, no map, and still one report."""

from playwright.async_api import Browser, expect

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from tests.component.intake.window import Window
from tests.environment.browser import PHONE, screen_in
from tests.environment.serving import served

WORDS = "建设路东口雨水箅子堵了，积水没过脚踝"
WEB_VIEW = (
    "Mozilla/5.0 (Linux; Android 9; PBAM00) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0.3904.62 "
    "XWEB/2693 MMWEBSDK/201001 Mobile Safari/537.36 MicroMessenger/7.0.20 NetType/4G Language/zh_CN miniProgram"
)
BARE = """
    Object.defineProperty(window, "indexedDB", { value: undefined });
    Object.defineProperty(navigator, "geolocation", { value: undefined });
"""


async def test_a_report_from_a_mini_program_arrives_without_a_store_or_a_location(browser: Browser) -> None:
    window = Window()
    async with served(window.door) as address:
        phone = await screen_in(browser, PHONE, user_agent=WEB_VIEW)
        page = phone.page
        await page.add_init_script(BARE)
        await page.goto(f"{address}/report?community=com-0101")
        await page.fill("#text", WORDS)
        await page.fill("[name=address]", "东口修车铺旁")

        await page.click("#send")

        await expect(page.locator("#sent")).to_be_visible(timeout=30_000)
        (report,) = window.reports.rows.values()
        told = decode(report.body, ReportReceived).report
        assert (told.text, told.place.address) == (WORDS, "东口修车铺旁")
        assert (phone.foreign, phone.errors) == ([], [])
