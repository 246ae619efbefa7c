"""`/look/…` remembers language and theme; `/assets/…` gives what the build made; `/` leads to where one works."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.pages.rendering import THEMES
from services.chassis.pages.words import LANGUAGES
from services.chassis.web.handlers import respond
from services.chassis.web.problems import Problem, of_status
from services.desk.pages.door import LANGUAGE_COOKIE, THEME_COOKIE, local_path, to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit

YEAR_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class LookPages:
    """Pages about pages."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        door.get(app, "/look/{choice}", self.choose, public=True, quiet=True)
        door.get(app, "/", self.home)
        app.add_api_route("/assets/{name}", self.asset, methods=["GET"], include_in_schema=False, response_model=None)

    async def choose(self, visit: Visit) -> Response:
        """Remember a language or a theme and go back."""
        choice = visit.request.path_params["choice"]
        if choice not in {*LANGUAGES, *THEMES}:
            raise of_status(404)
        back = to(local_path(visit.asked("back")))
        name = LANGUAGE_COOKIE if choice in LANGUAGES else THEME_COOKIE
        back.set_cookie(
            name, choice, max_age=YEAR_SECONDS, path="/", secure=self.parts.secure, httponly=True, samesite="lax"
        )
        return back

    async def home(self, visit: Visit) -> Response:
        """Go where the person works."""
        if visit.visitor.is_one_of("center_operator", "center_leader"):
            return to("/board")
        if visit.visitor.is_one_of("subdistrict_officer", "subdistrict_coordinator"):
            return to("/subdistrict")
        if visit.visitor.is_one_of("rule_owner"):
            return to("/rules")
        return to("/queue")

    async def asset(self, request: Request) -> Response:
        """Give a built file."""
        try:
            return self.parts.door.renderer.assets.answer(request.path_params["name"])
        except Problem as problem:
            return respond(problem)
