"""`GET /api/v1/closing-times`: how long cases take from receipt to closing, compared with a period before (S0-06)."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import query_told, told
from services.desk.api.desk import Desk
from services.desk.api.periods import counted_over
from services.desk.domain.closing_times import ClosingTimes, ComparedAsked
from services.desk.queries.closing_times import closing_times_of


def closing_time_routes(app: FastAPI, desk: Desk) -> None:
    """Add the route to `app`."""

    @app.get("/api/v1/closing-times", responses=told(ClosingTimes, 422), openapi_extra=query_told(ComparedAsked))
    async def closing_times(request: Request) -> Response:
        """Median and ninth tenth of the hours from receipt to closing, by item, beside those of the baseline."""
        return await counted_over(desk, request, "closing_times", ComparedAsked, closing_times_of)
