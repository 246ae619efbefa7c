"""`GET /api/v1/cases…`: one case, by id or by number."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.acts import etag_of
from services.desk.api.answering import NoQuery, json_answer, query_told, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk, found_or_404
from services.desk.domain.case import CaseAsked, CaseShown, shown_case
from services.desk.queries.asking import Asking
from services.desk.queries.cases import FoundCase, case_by_id, case_by_number


def case_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/cases", responses=told(CaseShown, 404, 422), openapi_extra=query_told(CaseAsked))
    async def by_number(request: Request) -> Response:
        """The case with this number, as people read it aloud."""
        token, asked = token_of(request), asked_in(request, CaseAsked)
        async with desk.reading(token, "case") as asking:
            return _shown(found_or_404(await case_by_number(asking, asked.number), asking), asking)

    @app.get("/api/v1/cases/{case_id}", responses=told(CaseShown, 404))
    async def by_id(request: Request, case_id: str) -> Response:
        """The case with its parts, clocks and open whistle. The ETag is the revision that acts name in `If-Match`."""
        token, known = token_of(request), case_id_of(case_id)
        asked_in(request, NoQuery)
        async with desk.reading(token, "case") as asking:
            return _shown(found_or_404(await case_by_id(asking, known), asking, known), asking)


def _shown(found: FoundCase, asking: Asking) -> Response:
    shown = shown_case(found.document, asking.asker, found.at)
    return json_answer(shown, {"ETag": etag_of(shown.revision)})
