"""`GET /api/v1/closing-times`: how long cases take from receipt to closing, compared with a period before (S0-06)."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.problems import invalid
from services.desk.api.answering import json_answer, query_told, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.domain.closing_times import ClosingTimes, ComparedAsked
from services.desk.queries.closing_times import closing_times_of


def closing_time_routes(app: FastAPI, desk: Desk) -> None:
    """Add the route to `app`."""

    @app.get("/api/v1/closing-times", responses=told(ClosingTimes, 422), openapi_extra=query_told(ComparedAsked))
    async def closing_times(request: Request) -> Response:
        """Median and ninth tenth of the hours from receipt to closing, by item, beside those of the baseline."""
        token, asked = token_of(request), asked_in(request, ComparedAsked)
        async with desk.reading(token, "closing_times") as asking:
            try:
                return json_answer(await closing_times_of(asking, asked))
            except ValueError as error:
                raise invalid([{"field": "since", "reason": str(error)}]) from None
