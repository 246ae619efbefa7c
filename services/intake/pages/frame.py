"""What residents' pages share: the renderer, intake's doors, the district's places, language and letter size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from services.chassis.pages.rendering import Renderer, Viewing
from services.chassis.pages.words import language_of
from services.intake.pages.doors import Doors

FOLDER: Final = Path(__file__).parent
YEAR_SECONDS: Final = 365 * 24 * 3600
LANGUAGE: Final = "resident_language"
LARGE: Final = "resident_large"
NO_PRESENT: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""These pages say every instant in full, so they need no present to be short by."""


class Places(Protocol):
    """What pages ask about the district."""

    def areas(self) -> Any:
        """Return subdistricts with their communities."""
        ...

    def grounds(self) -> bytes:
        """Return the communities' ground as JSON."""
        ...

    def name_of(self, unit: str) -> str:
        """Return a unit's name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Answers with pages in the resident's language and letter size, both kept in cookies and nowhere else."""

    renderer: Renderer
    doors: Doors
    places: Places
    public_url: str = ""
    """Where residents reach this window, such as https://report.example; empty: as the request says."""

    def page(self, asked: Request, template: str, *, status: int = 200, **given: Any) -> Response:
        """Answer with a page."""
        chosen = asked.query_params.get("language", asked.cookies.get(LANGUAGE))
        language = language_of(chosen, asked.headers.get("accept-language"))
        large = asked.query_params.get("large", asked.cookies.get(LARGE)) == "1"
        view = Viewing(language=language, now=NO_PRESENT, path=asked.url.path)
        answer = self.renderer.page(template, view, status=status, large=large, **given)
        for name, value in _choices(asked.query_params).items():
            answer.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
        return answer

    def address_of(self, asked: Request, path: str) -> str:
        """Return the address of a path as the outside knows it."""
        return (self.public_url or str(asked.base_url)).rstrip("/") + path


def resident_renderer(zone: ZoneInfo) -> Renderer:
    """Return the renderer of these pages. Raises NotBuiltError before `make setup` has built them."""
    return Renderer([FOLDER], zone)


def _choices(query: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    if query.get("language") in {"zh", "en"}:
        chosen[LANGUAGE] = query["language"]
    if query.get("large") in {"0", "1"}:
        chosen[LARGE] = query["large"]
    return chosen
