"""`GET /api/v1/whistles`: who was called, who came, who did not."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import json_body
from services.desk.api.answering import json_answer, query_told, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk, list_scope
from services.desk.domain.whistles import WhistlePlace, WhistlesAsked, WhistlesPage
from services.desk.queries.whistles import place_of, whistles_of


def whistle_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/whistles", responses=told(WhistlesPage, 400, 422), openapi_extra=query_told(WhistlesAsked))
    async def whistles(request: Request) -> Response:
        """Whistles of the caller's subdistrict, of the district for the center, and those that called the caller."""
        token, asked = token_of(request), asked_in(request, WhistlesAsked)
        filtered = asked.filter()
        async with desk.reading(token, "whistles") as asking:
            scope = list_scope("whistles", asking, json_body(filtered).decode())
            after = desk.cursors.open(asked.cursor, scope, WhistlePlace) if asked.cursor else None
            found = await whistles_of(asking, filtered, after, asked.limit + 1)
        rows = found.whistles[: asked.limit]
        following = None
        if len(found.whistles) > asked.limit:
            place = place_of(rows[-1])
            following = desk.cursors.seal((place.blown_at, place.case_id, place.number), scope)
        return json_answer(WhistlesPage(at=found.at, rows=rows, next=following))
