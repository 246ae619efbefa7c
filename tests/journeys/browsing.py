"""Real browsers for journeys: headless Chromium, nothing loaded from elsewhere, axe at hand."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from playwright.async_api import Browser, Page, Request

from services.identity.passwords import hash_password
from tests.environment.browser import AXE, RULES, SECONDS_MAX, chromium
from tests.environment.stopwatch import stopwatch
from tests.journeys.running_city import RunningCity

PASSWORD: Final = "correct horse battery"
DESKTOP: Final = {"width": 1366, "height": 768}
PHONE: Final = {"width": 390, "height": 844}
LIVE_SECONDS: Final = 6.0
"""Three times the two seconds after which a board shows what happened."""
PERSON: Final = """
    select person_id from identity.list_persons() where unit = $1 and role = $2 and lane = 'ordinary'
    order by person_id offset $3 limit 1
"""


@dataclass
class Person:
    """Somebody at a browser of their own; what it asked of others, and what it complained about, is kept."""

    page: Page
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep what the page asks for and says."""
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if "Content Security Policy" in message.text else None,
        )

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.elsewhere.append(request.url)

    async def barriers(self) -> list[str]:
        """Return what axe finds against WCAG 2.1 AA on the page as it is."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", list(RULES)
        )
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


@dataclass(slots=True)
class Browsing:
    """Browsers of people of one city."""

    browser: Browser
    city: RunningCity
    people: list[Person] = field(default_factory=list)

    async def person(
        self, unit: str, role: str = "clerk", *, number: int = 0, phone: bool = False, **context: Any
    ) -> Person:
        """Return somebody of the unit who has logged in and stands at the start page."""
        login = f"{role}-{unit}-{number}".replace("_", "-").replace("@", "-at-")
        await self._open_account(login, unit, role, number)
        person = await self.nobody(phone=phone, **context)
        await person.page.goto(f"{self.desk}/login?next=/queue")
        await person.page.fill("#login", login)
        await person.page.fill("#password", PASSWORD)
        await person.page.click("button.first")
        await person.page.wait_for_url(f"{self.desk}/queue")
        return person

    async def nobody(self, *, phone: bool = False, **context: Any) -> Person:
        """Return a browser in which nobody is logged in."""
        usual = {"locale": "zh-CN", "viewport": PHONE if phone else DESKTOP}
        opened = await self.browser.new_context(**{**usual, **context})
        opened.set_default_timeout(SECONDS_MAX * 1000)
        person = Person(await opened.new_page())
        person.watch()
        self.people.append(person)
        return person

    @property
    def desk(self) -> str:
        return self.city.system.url("desk")

    async def _open_account(self, login: str, unit: str, role: str, number: int) -> None:
        person: UUID | None = await self.city.superuser.fetchval(PERSON, unit, role, number)
        assert person is not None, f"nobody is {role} of {unit}"
        statement = "select identity.open_account($1, $2, $3, false)"
        await self.city.superuser.execute(statement, person, login, hash_password(PASSWORD))


@asynccontextmanager
async def browsing(city: RunningCity) -> AsyncIterator[Browsing]:
    """Open Chromium for people of the city."""
    async with chromium() as browser:
        yield Browsing(browser, city)


async def live(seen: Awaitable[None]) -> None:
    """See what is expected of a page as soon as a live one shows it; ask right after its cause."""
    with stopwatch() as elapsed:
        await seen
    assert elapsed.seconds <= LIVE_SECONDS


def told_elsewhere(people: Sequence[Person]) -> list[str]:
    """Return every address outside that any of the browsers asked for, and every complaint of a policy."""
    return [each for person in people for each in (*person.elsewhere, *person.complaints)]
