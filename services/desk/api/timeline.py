"""`GET /api/v1/cases/{case_id}/timeline`: who, when, what, why routed, how due."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import json_answer, query_told, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk, found_or_404
from services.desk.domain.due import HowDue, how_due
from services.desk.domain.timeline import Timeline, TimelineAsked, entries_of
from services.desk.queries.cases import FoundCase, added_in, case_by_id, facts_of, told_of


def timeline_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get(
        "/api/v1/cases/{case_id}/timeline",
        responses=told(Timeline, 404, 422),
        openapi_extra=query_told(TimelineAsked),
    )
    async def timeline(request: Request, case_id: str) -> Response:
        """Who did what when, why it was routed so, and how every deadline was computed."""
        token, known = token_of(request), case_id_of(case_id)
        asked = asked_in(request, TimelineAsked)
        async with desk.reading(token, "timeline") as asking:
            found = found_or_404(await case_by_id(asking, known), asking, known)
            facts = await facts_of(asking, known, asked.after, asked.limit + 1)
            messages = await told_of(asking, known)
            added = await added_in(asking, facts)
        row, stretch = found.document.case, facts[: asked.limit]
        page = Timeline(
            at=found.at,
            case_id=row.case_id,
            number=row.number,
            entries=tuple(entries_of(found.document, stretch, asked.after, messages, added)),
            next_after=stretch[-1].version if len(facts) > asked.limit else None,
            clocks=await _derivations(desk, found),
        )
        return json_answer(page)


async def _derivations(desk: Desk, found: FoundCase) -> tuple[HowDue, ...]:
    clocks = sorted(found.document.clocks, key=lambda clock: (clock.started_at, clock.due_at))
    return tuple([how_due(clock, await desk.versions.of(clock.calendar), found.at) for clock in clocks])
