"""The board's doors: the snapshot, the feed, and tickets for the feed."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Cookie, Depends, FastAPI, Header, Query, Response, status
from starlette.middleware.cors import CORSMiddleware

from services.board.domain.viewing import Viewer
from services.board.feed import Hub, HubFullError, TooManyOfPersonError, Watching
from services.board.handlers import recent_deltas
from services.board.snapshot import Snapshots
from services.board.streaming import EventStream
from services.board.tickets import TICKET_SECONDS, Tickets
from services.board.viewers import Held, Viewers, unauthorized
from services.chassis.web.bodies import json_body
from services.chassis.web.handlers import new_app
from services.chassis.web.problems import Problem
from services.identity.sessions import COOKIE
from services.identity.walls import WALL_COOKIE

Authorization = Annotated[str | None, Header()]


def held_by_page(
    session: Annotated[str | None, Cookie(alias=COOKIE)] = None,
    wall: Annotated[str | None, Cookie(alias=WALL_COOKIE)] = None,
) -> Held:
    """Return what a page of the desk holds; such requests only read, and only the allowed origin gets the answer."""
    return Held(session, wall)


OfPage = Annotated[Held, Depends(held_by_page)]
Ticket = Annotated[str | None, Query(max_length=100)]
JSON = "application/json"
NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardParts:
    """What the doors open to."""

    viewers: Viewers
    snapshots: Snapshots
    cases: Snapshots
    trends: Snapshots
    ended: Snapshots
    hub: Hub
    tickets: Tickets


def board_app(parts: BoardParts, allowed_origin: str = "") -> FastAPI:
    """Return the application; pages of `allowed_origin` may read it with credentials."""
    app = new_app("Whistle board", openapi_url=None)
    if allowed_origin:
        _allow(app, allowed_origin)
    _add_reading(app, parts)

    @app.post("/api/v1/board/tickets")
    async def ticket(authorization: Authorization = None) -> Response:
        """Give a ticket that opens the feed once, for clients that cannot send a header."""
        viewer = await parts.viewers.of_header(authorization)
        body = {"ticket": parts.tickets.issue(viewer.token_hash), "expires_in_seconds": TICKET_SECONDS}
        return Response(json_body(body), status.HTTP_201_CREATED, headers=NO_STORE, media_type=JSON)

    @app.get("/api/v1/board/feed")
    async def feed(held: OfPage, authorization: Authorization = None, ticket: Ticket = None) -> Response:
        """Stream changes. After `hello` fetch a fresh snapshot, then apply `case` events with higher versions."""
        viewer = await _viewer_of(parts, authorization, ticket, held)
        return EventStream(parts.hub, _joined(parts.hub, viewer), parts.viewers.still_watching)

    return app


def _allow(app: FastAPI, origin: str) -> None:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[origin],
        allow_credentials=True,
        allow_methods=["GET", "POST"],
        allow_headers=["authorization"],
        max_age=600,
    )


def _add_reading(app: FastAPI, parts: BoardParts) -> None:
    @app.get("/api/v1/board/snapshot")
    async def snapshot(held: OfPage, authorization: Authorization = None) -> Response:
        """Answer how everything stands. At most a second old; `as_of` says when it was read."""
        return await _read(parts, parts.snapshots, authorization, held)

    @app.get("/api/v1/board/cases")
    async def cases(held: OfPage, authorization: Authorization = None) -> Response:
        """Answer with every open case in one row; deltas with higher versions replace them."""
        return await _read(parts, parts.cases, authorization, held)

    @app.get("/api/v1/board/trend")
    async def trend(held: OfPage, authorization: Authorization = None) -> Response:
        """Answer how things stood at the same hour a week ago, and what this week has brought."""
        return await _read(parts, parts.trends, authorization, held)

    @app.get("/api/v1/board/ended")
    async def ended(held: OfPage, authorization: Authorization = None) -> Response:
        """Answer with the cases that ended today, the late ones first."""
        return await _read(parts, parts.ended, authorization, held)

    @app.get("/api/v1/board/recent")
    async def recent(held: OfPage, authorization: Authorization = None) -> Response:
        """Answer with the last facts, newest first, as far as this process has seen any."""
        viewer = await parts.viewers.of_header(authorization, held)
        return Response(json_body(recent_deltas(parts.hub, viewer.scope)), media_type=JSON, headers=NO_STORE)


async def _read(parts: BoardParts, kept: Snapshots, authorization: str | None, held: Held) -> Response:
    viewer = await parts.viewers.of_header(authorization, held)
    return Response(await kept.of(viewer.scope), media_type=JSON, headers=NO_STORE)


async def _viewer_of(parts: BoardParts, authorization: str | None, ticket: str | None, held: Held) -> Viewer:
    if ticket is None:
        return await parts.viewers.of_header(authorization, held)
    if authorization is not None:
        raise Problem("two-credentials", "Send a token or a ticket, not both", 400)
    token_hash = parts.tickets.redeem(ticket)
    if token_hash is None:
        raise unauthorized()
    return await parts.viewers.of_token(token_hash)


def _joined(hub: Hub, viewer: Viewer) -> Watching:
    try:
        return hub.join(viewer)
    except TooManyOfPersonError as error:
        raise Problem("too-many-streams", "Too many streams", 429, str(error), headers={"Retry-After": "15"}) from None
    except HubFullError:
        raise Problem("board-full", "The board has no room", 503, headers={"Retry-After": "15"}) from None
