"""`/api/v1/cases/{id}/duplicates`: what may be about the same thing; merging itself is an act."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import NoQuery, json_answer, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk, found_or_404
from services.desk.domain.duplicates import Duplicates
from services.desk.handlers import no_such_case
from services.desk.queries.cases import case_by_id
from services.desk.queries.duplicates import duplicates_of
from services.desk.store.alike import keep_apart


def duplicate_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/cases/{case_id}/duplicates", responses=told(Duplicates, 404))
    async def duplicates(request: Request, case_id: str) -> Response:
        """Open cases that may be about the same thing, and the case this one was merged into."""
        token, known, _ = token_of(request), case_id_of(case_id), asked_in(request, NoQuery)
        async with desk.reading(token, "case") as asking:
            found_or_404(await case_by_id(asking, known), asking, known)
            return json_answer(await duplicates_of(asking, known))

    @app.delete("/api/v1/cases/{case_id}/duplicates/{other}", status_code=204, responses=told(Duplicates, 404))
    async def apart(request: Request, case_id: str, other: str) -> Response:
        """Say that the two are not about the same thing: it is not proposed again."""
        token, one, another = token_of(request), case_id_of(case_id), case_id_of(other)
        asked_in(request, NoQuery)
        if not await keep_apart(desk.pool, token, one, another):
            raise no_such_case()
        return Response(status_code=204)
