"""`/board/walls`: the leader makes the screen they stand at a wall, and ends walls that are no longer wanted."""

from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.identity.sessions import COOKIE
from services.identity.tokens import issue_token
from services.identity.walls import AT_MOST, WALL_COOKIE, begin_wall, end_wall, walls_open

PLACE_MAX: Final = 100

_log = structlog.get_logger("whistle.desk.accounts")


@dataclass(frozen=True, slots=True)
class WallPages:
    """Opening and ending walls; both are the command center's leader's to do, as the database sees to."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        door.get(app, "/board/walls", self.show)
        door.post(app, "/board/walls", self.begin)
        door.post(app, "/board/walls/end", self.end)

    async def show(self, visit: Visit) -> Response:
        """Show the walls open now."""
        if not visit.visitor.is_one_of("center_leader"):
            raise _not_theirs()
        async with self.parts.desk.pool.acquire() as connection:
            walls = await walls_open(connection)
        return self.parts.page(visit, "board/walls.html", walls=walls)

    async def begin(self, visit: Visit) -> Response:
        """Make this browser a wall: it gets a wall's cookie and loses the leader's session."""
        place, token = visit.form.text("place")[:PLACE_MAX], issue_token()
        if not place:
            raise Problem("place-missing", "Say where the screen hangs", 422)
        async with self.parts.desk.pool.acquire() as connection, connection.transaction():
            if not await begin_wall(connection, visit.session, token, place):
                raise _not_theirs()
        _log.info("wall begun", person=str(visit.visitor.person_id), wall=token.prefix)
        begun, secure = to("/board"), self.parts.secure
        begun.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="lax")
        begun.set_cookie(
            WALL_COOKIE,
            token.secret,
            max_age=int(AT_MOST.total_seconds()),
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return begun

    async def end(self, visit: Visit) -> Response:
        """End a wall: within seconds it shows nothing any more."""
        async with self.parts.desk.pool.acquire() as connection:
            if not await end_wall(connection, visit.session, visit.form.text("wall")):
                raise Problem("no-such-wall", "There is no such wall", 409)
        _log.info("wall ended", person=str(visit.visitor.person_id), wall=visit.form.text("wall"))
        return to("/board/walls")


def _not_theirs() -> Problem:
    return Problem("not-yours-to-do", "Not yours to do", 403)
