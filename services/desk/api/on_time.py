"""`GET /api/v1/on-time`: who kept the promise to residents, channel by channel (S0-07)."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import query_told, told
from services.desk.api.desk import Desk
from services.desk.api.periods import counted_over
from services.desk.domain.on_time import OnTimeAsked, OnTimeByChannel
from services.desk.queries.on_time import on_time_of


def on_time_routes(app: FastAPI, desk: Desk) -> None:
    """Add the route to `app`."""

    @app.get("/api/v1/on-time", responses=told(OnTimeByChannel, 422), openapi_extra=query_told(OnTimeAsked))
    async def on_time(request: Request) -> Response:
        """On-time rate of the reports taken in during a period, by channel or of one channel."""
        return await counted_over(desk, request, "on_time", OnTimeAsked, on_time_of)
