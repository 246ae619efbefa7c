"""Renders templates: autoescape on, undefined names refused, the viewer's language, zone, theme and CSRF proof at hand.

A room makes one `Renderer` from its folders. A template extends `look/layout.html` and has these names:
`t(key, …)` a sentence; `term(key, otherwise)` a term that data may name; `asset("queue.js")` an address;
`short(at)`, `exact(at)`, `span(length)`; `view` the Viewing; and what the route gave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import jinja2
from starlette.responses import HTMLResponse

from services.chassis.pages.assets import Assets
from services.chassis.pages.times import exact, short, span
from services.chassis.pages.words import TAGS, Language, Words
from services.chassis.web.headers import CONTENT_SECURITY_POLICY

CHASSIS: Final = Path(__file__).parent
NO_STORE: Final = {"Cache-Control": "no-store"}
THEMES: Final = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """How one answer is to look, and the proof its forms carry."""

    language: Language
    now: datetime
    theme: str = ""
    """`light` or `dark` by the person's choice; empty follows the machine."""
    csrf: str = ""
    path: str = "/"
    person: Any = None
    """Whoever is logged in, as the room describes them; None for nobody."""


class Renderer:
    """Templates of some folders, with the chassis' own behind them."""

    def __init__(self, folders: Sequence[Path], zone: ZoneInfo, *, connects_to: str = "") -> None:
        every = [*folders, CHASSIS]
        self.words = Words.read(reversed(every))
        self.assets = Assets.read(every)
        self.zone = zone
        self.policy = _policy(connects_to)
        """The Content-Security-Policy of a page, and of a worker that a page starts."""
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(every),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def text(self, template: str, view: Viewing, given: Mapping[str, Any]) -> str:
        """Return the template filled in."""
        zone, language = self.zone, view.language
        names = {
            "view": view,
            "tag": TAGS[language],
            "t": partial(self.words.say, language),
            "term": partial(self.words.say_or, language),
            "asset": self.assets.address,
            "short": lambda at: short(at, view.now, zone, language),
            "exact": lambda at: exact(at, zone, language),
            "span": lambda length: span(length, language),
        }
        return self._environment.get_template(template).render({**names, **given})

    def page(self, template: str, view: Viewing, *, status: int = 200, **given: Any) -> HTMLResponse:
        """Return the answer: never stored, its policy allowing nothing inline and nothing from elsewhere."""
        headers = {**NO_STORE, "Content-Language": TAGS[view.language], "Content-Security-Policy": self.policy}
        return HTMLResponse(self.text(template, view, given), status, headers)


def _policy(connects_to: str) -> str:
    return CONTENT_SECURITY_POLICY.replace("connect-src 'self'", f"connect-src 'self' {connects_to}".rstrip())
