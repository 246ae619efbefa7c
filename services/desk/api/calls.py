"""`/api/v1/calls`: reporters whom no message reaches, and who told them (S4-02)."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import of_status
from services.desk.api.answering import NoQuery, body_told, json_answer, query_told, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk
from services.desk.domain.calls import CallsAsked, CallsTold, CallsWaiting, CallTold
from services.desk.queries.calls import calls_for
from services.desk.store.calls import tell


def call_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/calls", responses=told(CallsWaiting, 422), openapi_extra=query_told(CallsAsked))
    async def calls(request: Request) -> Response:
        """Whom somebody has to call: of cases the person's unit leads, at the center of all it may see."""
        token, asked = token_of(request), asked_in(request, CallsAsked)
        async with desk.reading(token, "calls") as asking:
            return json_answer(await calls_for(asking, asked))

    @app.post("/api/v1/calls/{answer_id}", responses=told(CallsTold, 404, 413, 422), openapi_extra=body_told(CallTold))
    async def call(request: Request, answer_id: str) -> Response:
        """Say that the reporter was told, once: 404 where it is not theirs, or somebody told them already."""
        token, known, _ = token_of(request), case_id_of(answer_id), asked_in(request, NoQuery)
        note = decode_strict(await request.body(), CallTold).note
        count = await tell(desk.pool, token, known, note)
        if not count:
            raise of_status(404)
        return json_answer(CallsTold(count))
