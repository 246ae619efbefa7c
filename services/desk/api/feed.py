"""`GET /api/v1/feed` and `/proposals`: what leaders see at once, and what waits for their word."""

from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.api.answering import NoQuery, json_answer, query_told, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.domain.feed import Feed, FeedAsked, Proposals
from services.desk.queries.feed import feed_of, proposals_for
from services.ledger.domain.acts import Asker

LEADERS: Final = frozenset({"center_leader", "center_operator", "unit_head", "subdistrict_coordinator"})
STREET: Final = frozenset({"unit_head", "subdistrict_coordinator"})


def feed_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/feed", responses=told(Feed, 403, 422), openapi_extra=query_told(FeedAsked))
    async def feed(request: Request) -> Response:
        """Major matters as their cases open, letters, red steps: of the cases the leader may see, newest first."""
        token, asked = token_of(request), asked_in(request, FeedAsked)
        async with desk.reading(token, "feed") as asking:
            if not LEADERS & set(asking.asker.roles):
                raise Problem("not-yours-to-do", "Not yours to do", 403, "The feed is for leaders.")
            return json_answer(await feed_of(asking, asked))

    @app.get("/api/v1/proposals", responses=told(Proposals, 403, 422))
    async def proposals(request: Request) -> Response:
        """What waits for the asker's word: whistles for a street's leader, acts of authority for the center's."""
        token, _ = token_of(request), asked_in(request, NoQuery)
        async with desk.reading(token, "proposals") as asking:
            kinds = decided_by(asking.asker)
            if not kinds:
                raise Problem("not-yours-to-do", "Not yours to do", 403, "Proposals wait for leaders.")
            return json_answer(await proposals_for(asking, kinds))


def decided_by(asker: Asker) -> list[str]:
    """Return the kinds of proposals this person's roles decide; the ledger judges each again."""
    kinds: list[str] = []
    if STREET & set(asker.roles):
        kinds += ["whistle", "whistle_afterwards"]
    if "center_leader" in asker.roles:
        kinds += ["bulletin", "interview", "express"]
    return kinds
