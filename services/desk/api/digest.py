"""`GET /api/v1/digest`: what the asker's units have in hand now; the daily digest asks the same (S4-06)."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import NoQuery, json_answer, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.domain.digest import Digest
from services.desk.queries.digest import digest_of


def digest_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/digest", responses=told(Digest, 422))
    async def digest(request: Request) -> Response:
        """New today, open, due today, overdue: of the asker's units, as of now."""
        token, _ = token_of(request), asked_in(request, NoQuery)
        async with desk.reading(token, "digest") as asking:
            return json_answer(await digest_of(asking.connection, token))
