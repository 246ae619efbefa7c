"""The doors and their paths. Plain routes: a report is read by msgspec, not taken apart by parameters."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.chassis.web.edge import BodyLimits
from services.chassis.web.handlers import new_app, respond
from services.intake.api.followups import PictureDoor, TrackDoor
from services.intake.api.problems import ANSWERS, refusal_of
from services.intake.api.reports import PATH, ReportDoor
from services.intake.images import BYTES_MAX

BATCH_PATH: Final = f"{PATH}:batch"
PICTURES_PATH: Final = "/api/v1/attachments"
BATCH_BYTES_MAX: Final = 32 * 1024 * 1024
LIMITS: Final = BodyLimits(of_path={BATCH_PATH: BATCH_BYTES_MAX, PICTURES_PATH: BYTES_MAX})

Endpoint = Callable[[Request], Awaitable[Response]]


def intake_app(reports: ReportDoor, track: TrackDoor, pictures: PictureDoor, refused: Counter) -> FastAPI:
    """Return the application; `LIMITS` belong to it."""
    routes: list[tuple[str, str, Endpoint]] = [
        ("POST", PATH, reports.one),
        ("POST", BATCH_PATH, reports.many),
        ("POST", f"{PATH}:find", track.find),
        ("GET", f"{PATH}/{{code}}", track.show),
        ("POST", f"{PATH}/{{code}}/followups", track.add),
        ("POST", PICTURES_PATH, pictures.add),
    ]
    app = new_app("Whistle intake", routes=[Route(path, door, methods=[method]) for method, path, door in routes])

    async def on_refusal(_: Request, error: Exception) -> Response:
        return respond(refusal_of(error, refused))

    for error_type in ANSWERS:
        app.add_exception_handler(error_type, on_refusal)
    return app
