"""`GET /api/v1/whistles/rates` and `/answers`: how often subdistricts blow, how departments answer."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import query_told, told
from services.desk.api.desk import Desk
from services.desk.api.periods import counted_over
from services.desk.domain.counts import DepartmentsAnswers, PeriodAsked, WhistleRates
from services.desk.queries.counts import answers_of, rates_of


def count_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/whistles/rates", responses=told(WhistleRates, 422), openapi_extra=query_told(PeriodAsked))
    async def rates(request: Request) -> Response:
        """Whistles per case of each subdistrict, and how many were wrong: misuse shows here."""
        return await counted_over(desk, request, "whistle_rates", PeriodAsked, rates_of)

    @app.get("/api/v1/whistles/answers", responses=told(DepartmentsAnswers, 422), openapi_extra=query_told(PeriodAsked))
    async def answers(request: Request) -> Response:
        """How each department answered the whistles that called it: the input of the upward evaluation (下考上)."""
        return await counted_over(desk, request, "whistle_answers", PeriodAsked, answers_of)
