"""A real headless Chromium: what a page asks for and complains of is heard, nothing goes elsewhere."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Route, async_playwright, expect

ARGUMENTS: Final = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-quic", "--no-first-run",
)  # fmt: skip
DESKTOP: Final = (1366, 768)
WALL: Final = (1920, 1080)
PHONE: Final = (390, 844)
AXE: Final = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
HERE: Final = frozenset({"127.0.0.1", ""})

SECONDS_MAX: Final = 60.0
"""So long a page may take for what it is asked: nothing is shown by this bound, and a machine may stand still."""

Theme = Literal["light", "dark"]


@dataclass(slots=True)
class Screen:
    """One page of a browser of its own, and what it did that it must not."""

    context: BrowserContext
    page: Page
    foreign: list[str] = field(default_factory=list)
    """Requests that would have gone elsewhere."""
    errors: list[str] = field(default_factory=list)
    """Exceptions of scripts, and what the content security policy refused."""

    async def violations(self) -> list[str]:
        """Return what axe finds wrong by WCAG 2.1 A and AA: rule and element."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate(f"axe.run({{runOnly: {list(RULES)!r}}})")
        return [
            f"{one['id']}: {node['target']} {node['html'][:160]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Give a browser; about half a second. What is expected of its pages is waited for as long as everything else."""
    expect.set_options(timeout=SECONDS_MAX * 1000)
    program = shutil.which("chromium")
    assert program is not None, "install chromium: pages are tested in a real browser"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


async def screen_in(
    browser: Browser,
    size: Sequence[int] = DESKTOP,
    language: str = "zh-CN",
    theme: Theme = "light",
    **options: Any,
) -> Screen:
    """Open an empty page with cookies of its own."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme=theme,
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(SECONDS_MAX * 1000)
    screen = Screen(context, await context.new_page())

    async def only_from_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname in HERE or not route.request.url.startswith("http"):
            await route.continue_()
        else:
            screen.foreign.append(route.request.url)
            await route.abort()

    await context.route(lambda url: urlsplit(url).hostname not in HERE, only_from_here)
    screen.page.on("pageerror", lambda error: screen.errors.append(str(error)))
    screen.page.on("console", lambda said: screen.errors.append(said.text) if "Content Security" in said.text else None)
    return screen
