"""The doors and their paths. Plain routes: a report is read by msgspec, not taken apart by parameters."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from fastapi import FastAPI
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.pictures import BYTES_MAX
from services.chassis.web.edge import BodyLimits
from services.chassis.web.handlers import new_app, respond
from services.intake.api.followups import PictureDoor, TrackDoor
from services.intake.api.problems import ANSWERS, refusal_of
from services.intake.api.reports import PATH, ReportDoor

BATCH_PATH: Final = f"{PATH}:batch"
PICTURES_PATH: Final = "/api/v1/attachments"
BATCH_BYTES_MAX: Final = 32 * 1024 * 1024
LIMITS: Final = BodyLimits(of_path={BATCH_PATH: BATCH_BYTES_MAX, PICTURES_PATH: BYTES_MAX})

Endpoint = Callable[[Request], Awaitable[Response]]
Pages = Callable[[ASGIApp], Sequence[BaseRoute]]
"""Routes of pages, which ask the application's own doors."""


class FastLane:
    """ASGI: the one path that must be quick goes straight to its door, everything else through FastAPI.

    FastAPI's and Starlette's middle layers cost as much as the rest of a report's way through this process.
    """

    def __init__(self, app: FastAPI, door: Endpoint, refused: Counter) -> None:
        self._app = app
        self._door = door
        self._refused = refused
        self._route = Route(PATH, door, methods=["POST"])

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Return every route, the quick one among them."""
        return self._app.router.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        try:
            response = await self._door(Request(scope, receive))
        except Exception as error:  # noqa: BLE001 -- every error has its problem, as `install_problems` does it for others
            response = respond(refusal_of(error, self._refused))
        await response(scope, receive, send)


def intake_app(
    reports: ReportDoor,
    track: TrackDoor,
    pictures: PictureDoor,
    refused: Counter,
    pages: Pages | None = None,
    beside: Sequence[tuple[str, Endpoint]] = (),
) -> FastLane:
    """Return the application; `LIMITS` belong to it. `beside`: further paths that take a POST, such as the sensors'."""
    routes: list[tuple[str, str, Endpoint]] = [
        ("POST", PATH, reports.one),
        ("POST", BATCH_PATH, reports.many),
        ("POST", f"{PATH}:find", track.find),
        ("GET", f"{PATH}/{{code}}", track.show),
        ("POST", f"{PATH}/{{code}}/followups", track.add),
        ("POST", PICTURES_PATH, pictures.add),
        *(("POST", path, door) for path, door in beside),
    ]
    app = new_app("Whistle intake", routes=[Route(path, door, methods=[method]) for method, path, door in routes])

    async def on_refusal(_: Request, error: Exception) -> Response:
        return respond(refusal_of(error, refused))

    for error_type in ANSWERS:
        app.add_exception_handler(error_type, on_refusal)
    lane = FastLane(app, reports.one, refused)
    if pages is not None:
        app.router.routes.extend(pages(lane))
    return lane
