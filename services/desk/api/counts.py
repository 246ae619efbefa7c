"""`GET /api/v1/whistles/rates` and `/answers`: how often subdistricts blow, how departments answer."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.problems import invalid
from services.desk.api.answering import json_answer, query_told, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.domain.counts import DepartmentsAnswers, PeriodAsked, WhistleRates
from services.desk.queries.counts import answers_of, rates_of


def count_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/whistles/rates", responses=told(WhistleRates, 422), openapi_extra=query_told(PeriodAsked))
    async def rates(request: Request) -> Response:
        """Whistles per case of each subdistrict, and how many were wrong: misuse shows here."""
        token, asked = token_of(request), asked_in(request, PeriodAsked)
        async with desk.reading(token, "whistle_rates") as asking:
            try:
                return json_answer(await rates_of(asking, asked))
            except ValueError as error:
                raise invalid([{"field": "since", "reason": str(error)}]) from None

    @app.get("/api/v1/whistles/answers", responses=told(DepartmentsAnswers, 422), openapi_extra=query_told(PeriodAsked))
    async def answers(request: Request) -> Response:
        """How each department answered the whistles that called it: the input of the upward evaluation (下考上)."""
        token, asked = token_of(request), asked_in(request, PeriodAsked)
        async with desk.reading(token, "whistle_answers") as asking:
            try:
                return json_answer(await answers_of(asking, asked))
            except ValueError as error:
                raise invalid([{"field": "since", "reason": str(error)}]) from None
