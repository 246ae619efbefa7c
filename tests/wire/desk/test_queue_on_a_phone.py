"""The queue on a phone: whatever a row has to say, nobody scrolls sideways for it."""

from playwright.async_api import Browser

from services.chassis.pages.assets import Assets
from services.chassis.pages.rendering import CHASSIS
from services.desk.pages.parts import FOLDER
from tests.environment.browser import PHONE, screen_in

ROW = """
    <main><table class="list queue"><tbody><tr>
      <td class="choose"><input type="checkbox" aria-label="choose"></td>
      <td class="left"><span class="due calm">13 working d 4 working h left</span>
        <span class="sooner small">Decide a request <span class="due yellow">12 d 11 h overdue</span></span></td>
      <td class="expected"><span class="todo">Decide a request</span></td>
      <td class="what"><a class="open" href="/">Illegal construction</a>
        <span class="number">20260307-1-000205-9</span></td>
    </tr></tbody></table></main>
"""
WIDTHS = "() => [document.documentElement.scrollWidth, innerWidth]"


async def test_the_longest_time_left_beside_the_longest_task_fits(browser: Browser) -> None:
    page = (await screen_in(browser, PHONE, "en-US")).page
    assets = Assets.read([CHASSIS, FOLDER])

    await page.set_content(f'<meta name="viewport" content="width=device-width">{ROW}')
    for name in ("look.css", "queue.css"):
        await page.add_style_tag(content=bytes(assets.answer(assets.names[name]).body).decode())

    needed, there_is = await page.evaluate(WIDTHS)
    assert needed <= there_is
