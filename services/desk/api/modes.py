"""`GET /api/v1/modes`, `PUT /api/v1/modes/{profile}`: emergency modes; the center's leader switches them (S1-19)."""

from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import Problem
from services.desk.api.answering import NoQuery, body_told, json_answer, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.domain.modes import ModesShown, ModeSwitched, SwitchAsked
from services.desk.queries.modes import modes_in_force, switched
from services.reference.versions.publish import PublicationRefusedError

REFUSED: Final = {
    "42501": ("not-yours-to-do", "Only the leader of the command center switches a mode", 403),
    "RV006": ("no-such-mode", "No such profile is published, or the area has no modes", 422),
}


def mode_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/modes", responses=told(ModesShown))
    async def modes(request: Request) -> Response:
        """The published emergency profiles, where they are on, and who switched what and why."""
        asked_in(request, NoQuery)
        async with desk.reading(token_of(request), "modes") as asking:
            return json_answer(await modes_in_force(asking.connection))

    @app.put(
        "/api/v1/modes/{profile}",
        responses=told(ModeSwitched, 400, 403, 413, 422),
        openapi_extra=body_told(SwitchAsked),
    )
    async def switch(request: Request, profile: str) -> Response:
        """Switch a profile on or off; in force some 4 s later, when every unit has been told. A repeat does nothing."""
        token, _ = token_of(request), asked_in(request, NoQuery)
        asked = decode_strict(await request.body(), SwitchAsked)
        async with desk.reading(token, "me"):  # a token that opens nothing is refused before anything else is said
            pass
        try:
            async with desk.pool.acquire() as connection:
                return json_answer(await switched(connection, profile[:64], asked, token))
        except PublicationRefusedError as error:
            slug, title, status = REFUSED.get(error.code, ("cannot-switch", "The mode cannot be switched now", 422))
            raise Problem(slug, title, status) from error
