"""Every path that the applications answer a GET on, taken from the applications themselves: none can be forgotten."""

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter
from starlette.routing import Route

from services.board.api import BoardParts, board_app
from services.chassis.pages.rendering import Renderer
from services.desk.api.app import desk_app
from services.desk.pages.adding import add_pages
from services.desk.pages.door import Door
from services.desk.pages.parts import FOLDER, PageParts
from services.intake.api.app import intake_app
from services.intake.pages.frame import Frame
from services.intake.pages.routes import page_routes
from services.worktime.calendar import SHANGHAI

NOBODY: Final[Any] = SimpleNamespace(pool=None, latest=None)
"""Takes the place of everything behind the doors: paths are known before anybody asks."""


@cache
def paths_of(service: str) -> list[str]:
    """Return the paths of `intake-api`, `desk` or `board`, with their parameters in braces."""
    return sorted(set(_gets({"intake-api": _intake, "desk": _desk, "board": _board}[service]())))


def _desk() -> Any:
    app = desk_app(NOBODY)
    door = Door(pool=NOBODY, renderer=Renderer([FOLDER], SHANGHAI), secret=b"")
    add_pages(app, PageParts(desk=NOBODY, door=door, names=NOBODY, keys=NOBODY, pictures=NOBODY, window=NOBODY))
    return app


def _board() -> Any:
    parts = dict.fromkeys(("viewers", "snapshots", "cases", "trends", "ended", "hub", "tickets"), NOBODY)
    return board_app(BoardParts(**parts))


def _intake() -> Any:
    doors: Any = SimpleNamespace(one=_door, many=_door, find=_door, show=_door, add=_door)
    frame = Frame(renderer=Renderer([FOLDER], SHANGHAI), doors=NOBODY, places=NOBODY)
    routes = page_routes(frame)
    return intake_app(doors, doors, doors, Counter("refused", "x", registry=CollectorRegistry()), lambda _: routes)


async def _door(_: Any) -> Any:
    raise AssertionError("nobody asks here")


def _gets(app: Any) -> Iterator[str]:
    for route in app.routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()):
            yield route.path
