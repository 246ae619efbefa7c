"""A stage for the board's script: the page as the desk renders it, its reads and its feed as a test says them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from playwright.async_api import Browser
from prometheus_client import CollectorRegistry
from starlette.responses import Response

from services.board.domain.movement import Movement
from services.board.domain.viewing import CENTER, Scope, Viewer
from services.board.feed import Hub
from services.board.metrics import BoardMetrics
from services.board.queries.cases import COLUMNS
from services.board.streaming import EventStream
from services.chassis.pages.rendering import Renderer, Viewing
from services.chassis.pages.words import Language
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed
from services.desk.pages.board.calendars import office_hours
from services.desk.pages.board.view import GridDrawn, NamesTold
from services.desk.pages.parts import FOLDER
from services.desk.queries.visitors import Visitor
from services.worktime.calendar import SHANGHAI
from tests.builders import MONDAY_NOON, an_id, the_calendar
from tests.environment.browser import Screen, screen_in
from tests.environment.serving import served

WEST: Final = "grid-west"
EAST: Final = "grid-east"
OPERATOR: Final = Visitor(
    person_id=an_id("operator"), name="彭明远", login="operator", must_change=False, unit=CENTER,
    role="center_operator", units=(CENTER,), lanes=("ordinary",), roles=("center_operator",),
)  # fmt: skip
COUNTING: Final = """
    window.pictures = 0;
    const Plain = window.Worker;
    window.Worker = class extends Plain {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => { if (data.picture) window.pictures += 1; });
      }
    };
"""

HURRYING: Final = """
    const plainly = window.setInterval;
    window.setInterval = (does, every) => plainly(does, every >= 60000 ? 100 : every);
"""


def a_square(west: float, east: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    return (((24.0, west), (24.0, east), (24.02, east), (24.02, west)),)


GRIDS: Final = (
    GridDrawn(WEST, "西网格", (a_square(113.00, 113.02),)),
    GridDrawn(EAST, "东网格", (a_square(113.02, 113.04),)),
)


def a_row(name: str, grid: str, **changes: Any) -> tuple[Any, ...]:
    """Return an open case as the board's reads tell it."""
    row = {
        "case_id": an_id(name), "version": 1, "number": name, "item": "0203", "subdistrict": "sub-01", "grid": grid,
        "lead": "drainage", "state": "handling", "urgency": "normal", "card": 0, "due_at": None,
        "accepted_at": MONDAY_NOON, "whistle_open": None, "supervision_open": None, "calendar": None,
    } | changes  # fmt: skip
    return tuple(row[name] for name in COLUMNS)


@dataclass
class Stage:
    """What the board's reads answer, and the hub that moves it."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    whistles: list[dict[str, Any]] = field(default_factory=list)
    sensitive: dict[str, int] = field(default_factory=dict)
    trend: dict[str, Any] = field(default_factory=dict)
    as_of: datetime = MONDAY_NOON
    build: str = "first"
    version: int = 1
    visitor: Visitor | None = OPERATOR
    hub: Hub = field(default_factory=lambda: Hub(BoardMetrics.create(CollectorRegistry())))
    renderer: Renderer = field(default_factory=lambda: Renderer([FOLDER], SHANGHAI))
    address: str = ""
    cases_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Set unless a test holds the cases back on their way."""

    def tell(self, facts: Iterable[CaseProgressed]) -> None:
        """Send facts down the feed, as the board does."""
        self.hub.show(decode(encode(fact), Movement) for fact in facts)

    def __post_init__(self) -> None:
        self.cases_go.set()

    async def open(self, browser: Browser, *, hurried: bool = False, **options: Any) -> Screen:
        """Return a screen on which the board is live; it counts the pictures its worker sends.

        `hurried`: what the page does every minute it does ten times a second.
        """
        screen = await self.begin(browser, hurried=hurried, **options)
        await screen.page.wait_for_selector(".connection.live")
        return screen

    async def begin(self, browser: Browser, *, hurried: bool = False, **options: Any) -> Screen:
        """Return a screen that is not live yet."""
        screen = await screen_in(browser, **options)
        await screen.page.add_init_script(COUNTING + (HURRYING if hurried else ""))
        await screen.page.goto(f"{self.address}/board")
        return screen

    def page(self, request: Request) -> Response:
        """Render the board as the desk's route does."""
        language: Language = "en" if request.headers.get("accept-language", "").startswith("en") else "zh"
        view = Viewing(language=language, now=self.as_of, path="/board", person=self.visitor)
        return self.renderer.page(
            "board/board.html",
            view,
            wall=self.visitor is None,
            build=self.build,
            board_url="",
            zone="Asia/Shanghai",
            version=self.version,
            proposals=0,
            emergency=False,
            unit_name="指挥中心",
        )

    def read(self, name: str) -> Any:
        """Answer one of the board's reads."""
        counts = {
            "reported_today": 1, "open": len(self.rows), "overdue": 0, "whistles_open": 0,
            "closed_today": 0, "on_time_today": 0,
        }  # fmt: skip
        return {
            "cases": {"as_of": self.as_of, "complete": True, "columns": COLUMNS, "rows": self.rows},
            "snapshot": {
                "as_of": self.as_of, "counts": counts, "whistles": self.whistles, "sensitive": self.sensitive,
            },
            "trend": self.trend,
            "recent": [],
        }[name]  # fmt: skip

    def app(self) -> FastAPI:
        """Return the board's page, reads and feed on one origin."""
        app = FastAPI(openapi_url=None)
        app.add_api_route("/board", self.page, response_model=None)
        app.add_api_route("/board/{name}", self._beside, response_model=None)
        app.add_api_route("/assets/{name}", self.renderer.assets.answer, response_model=None)
        app.add_api_route("/api/v1/board/{name}", self._api, response_model=None)
        return app

    async def _beside(self, name: str, request: Request) -> Response:
        if name == "watching.js":
            return self.renderer.assets.answer(self.renderer.assets.names["watching.js"])
        if name == "hours.json":
            return _json(office_hours(the_calendar(), self.as_of))
        if name == "alive":
            return _json({"build": self.build, "version": self.version, "emergency": False, "proposals": 0})
        spoken: Language = "en" if request.query_params["language"] == "en" else "zh"
        return Response(
            msgspec.json.encode(
                NamesTold(
                    1, dict(self.renderer.words.sentences[spoken]), {"drainage": "排水公司"}, {"0203": "井盖"}, GRIDS
                )
            ),
            media_type="application/json",
        )

    async def _api(self, name: str) -> Response:
        if name == "cases":
            await self.cases_go.wait()
        if name != "feed":
            return _json(self.read(name))
        watching = self.hub.join(Viewer(an_id("operator"), b"x" * 32, Scope(frozenset({CENTER}))))
        return EventStream(self.hub, watching, _still)


async def _still(viewer: Viewer) -> bool:
    del viewer
    return True


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


@asynccontextmanager
async def a_stage(**given: Any) -> AsyncIterator[Stage]:
    """Serve a stage on a free port of this machine."""
    stage = Stage(**given)
    async with served(stage.app()) as stage.address:
        try:
            yield stage
        finally:
            await stage.hub.close()
