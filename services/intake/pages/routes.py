"""The paths of residents' pages."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from services.chassis.pages.assets import PATH as ASSETS
from services.intake.pages.forms import FORM_BYTES_MAX
from services.intake.pages.frame import Frame
from services.intake.pages.poster.routes import Poster
from services.intake.pages.report.routes import ReportPage
from services.intake.pages.track.routes import TrackPage

FORM_LIMITS: Final = {"/report": FORM_BYTES_MAX, "/track/add": FORM_BYTES_MAX}

Endpoint = Callable[[Request], Awaitable[Response]]


def page_routes(frame: Frame) -> list[BaseRoute]:
    """Return the routes of all pages and of what they load."""

    async def asset(asked: Request) -> Response:
        return frame.renderer.assets.answer(asked.path_params["name"])

    report, track, poster = ReportPage(frame), TrackPage(frame), Poster(frame)
    routes: list[tuple[str, str, Endpoint]] = [
        ("GET", "/report", report.show),
        ("POST", "/report", report.take),
        ("GET", "/report/places.json", report.grounds),
        ("GET", "/report/poster", poster.page),
        ("GET", "/report/qr.svg", poster.code),
        ("GET", "/track", track.ask),
        ("POST", "/track", track.show),
        ("POST", "/track/add", track.add),
        ("GET", f"{ASSETS}{{name}}", asset),
    ]
    return [Route(path, door, methods=[method]) for method, path, door in routes]
