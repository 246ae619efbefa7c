"""Staff at their browsers: an account for whoever has a role, and the log-in through the real page."""

from typing import Any, Final

from playwright.async_api import Browser

from deploy.embedded.running import System
from services.identity.passwords import hash_password
from tests.environment.browser import Screen, screen_in

PASSWORD: Final = "correct horse staple"
PERSON_OF: Final = "select person_id from identity.roles where role = $1 order by person_id limit 1"
HAS_ACCOUNT: Final = "select exists (select from identity.accounts where login = $1)"
OPEN: Final = "select identity.open_account($1, $2, $3, false)"


async def at_work(system: System, superuser: Any, browser: Browser, role: str, **options: Any) -> Screen:
    """Return the screen of somebody with the role, logged in."""
    if not await superuser.fetchval(HAS_ACCOUNT, role):
        person = await superuser.fetchval(PERSON_OF, role)
        await superuser.execute(OPEN, person, role, hash_password(PASSWORD))
    screen = await screen_in(browser, **options)
    page = screen.page
    await page.goto(f"{system.url('desk')}/login")
    await page.fill("[name=login]", role)
    await page.fill("[name=password]", PASSWORD)
    await page.click("main button[type=submit]")
    await page.wait_for_url(lambda address: "/login" not in address)
    return screen
