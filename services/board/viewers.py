"""Who asks: the token's person, looked up every time, and what they may see."""

from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from services.board.domain.viewing import Scope, Viewer
from services.chassis.postgres import Pool
from services.chassis.web.problems import Problem
from services.identity.actors import who_is_asking
from services.identity.sessions import token_hash_in_cookie
from services.identity.tokens import MalformedTokenError, token_hash_in
from services.identity.walls import wall_of


class Held(NamedTuple):
    """What a browser's page holds: the cookies of a session and of a wall."""

    session: str | None = None
    wall: str | None = None


NOTHING: Final = Held()


@dataclass(frozen=True, slots=True)
class Viewers:
    """Looks viewers up; no copy is kept, so a revoked token counts at once."""

    pool: Pool

    async def of_header(self, authorization: str | None, held: Held = NOTHING) -> Viewer:
        """Return the person of an `Authorization` header, or without one of what a page holds. Raises Problem 401."""
        if authorization is None:
            return await self._of_page(held)
        try:
            token_hash = token_hash_in(authorization)
        except MalformedTokenError:
            raise unauthorized() from None
        return await self.of_token(token_hash)

    async def of_token(self, token_hash: bytes | None) -> Viewer:
        """Return the person of a token. Raises Problem 401 where nobody is asking."""
        viewer = await self._look_up(token_hash) if token_hash is not None else None
        if viewer is None:
            raise unauthorized()
        return viewer

    async def still_watching(self, viewer: Viewer) -> bool:
        """Whether the person may watch and sees the same as when the stream began."""
        found = await self._look_up(viewer.token_hash)
        return found is not None and found.scope == viewer.scope

    async def _of_page(self, held: Held) -> Viewer:
        # A session that has ended does not darken the wall of the same browser.
        for cookie in held:
            token_hash = token_hash_in_cookie(cookie)
            if token_hash is not None and (viewer := await self._look_up(token_hash)) is not None:
                return viewer
        raise unauthorized()

    async def _look_up(self, token_hash: bytes) -> Viewer | None:
        async with self.pool.acquire() as connection:
            actor = await who_is_asking(connection, token_hash)
            if actor is not None:
                return Viewer(actor.person_id, token_hash, Scope(actor.units))
            wall = await wall_of(connection, token_hash)
        # Each wall counts for itself: a leader's own windows and their walls do not push each other out.
        return None if wall is None else Viewer(UUID(bytes=token_hash[:16]), token_hash, Scope(wall.units))


def unauthorized() -> Problem:
    """Return the 401 that says nothing about why."""
    return Problem(
        "unauthorized", "A staff token is required", 401, headers={"WWW-Authenticate": 'Bearer realm="whistle"'}
    )
