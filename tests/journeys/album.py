"""Pictures of a journey for `docs/journey.md`: every step on desktop and phone, in Chinese and English.

Taken only when `WHISTLE_PICTURES=1`, as `make pictures` sets it; otherwise each step is shown once and left.
"""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page

from deploy.embedded.state import PROJECT
from tests.journeys.browsing import DESKTOP, PHONE

FOLDER: Final = PROJECT / "docs" / "pictures"
SIZES: Final = {"desktop": DESKTOP, "phone": PHONE}
LOOKS: Final = tuple((size, language) for size in SIZES for language in ("zh", "en"))
COOKIES: Final = ("whistle_language", "resident_language")
QUALITY: Final = 62

Show = Callable[[Page], Awaitable[object]]


def pictures_wanted() -> bool:
    """Whether the pictures are to be taken anew."""
    return os.environ.get("WHISTLE_PICTURES") == "1"


def picture_of(step: str, size: str, language: str) -> Path:
    """Return where a step's picture lies."""
    return FOLDER / f"{step}.{size}.{language}.webp"


@dataclass(frozen=True, slots=True)
class Album:
    """Takes the pictures, or only shows what would be on them."""

    wanted: bool
    address: str
    """An address of the host all pages are on; cookies know no ports."""

    async def take(self, step: str, page: Page, show: Show) -> None:
        """Bring the page to where the step is seen; with pictures wanted in every look, the usual one last."""
        if self.wanted:
            usual = page.viewport_size or DESKTOP
            for size, language in LOOKS:
                await self._look(page, SIZES[size]["width"], SIZES[size]["height"], language)
                await show(page)
                _keep(await page.screenshot(animations="disabled"), picture_of(step, size, language))
            await self._look(page, usual["width"], usual["height"], "zh")
        await show(page)

    async def _look(self, page: Page, width: int, height: int, language: str) -> None:
        for name in COOKIES:
            await page.context.add_cookies([{"name": name, "value": language, "url": self.address}])
        await page.set_viewport_size({"width": width, "height": height})


def _keep(png: bytes, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").save(path, "WEBP", quality=QUALITY, method=6)
