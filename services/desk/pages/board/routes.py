"""`/board`: the page, what it draws with, the worker that watches, and the sign of life that keeps it going."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.pages.words import LANGUAGES
from services.chassis.web.problems import of_status
from services.desk.pages.board.calendars import office_hours
from services.desk.pages.board.view import names_told
from services.desk.pages.door import Page, turned_away
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.confirming import CaseToConfirm, EmergencyOn, cases_to_confirm, emergencies_on
from services.identity.sessions import token_hash_in_cookie
from services.identity.walls import WALL_COOKIE, wall_of
from services.reference.versions.cache import NothingPublishedError

CACHED: Final = {"Cache-Control": "private, max-age=86400"}
DIGITS_MAX: Final = 9
WORKER: Final = "watching.js"
LOADED: Final = ("board.js", "map.js", "board.css", WORKER)


@dataclass(frozen=True, slots=True)
class BoardPages:
    """The command center's board."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        # A wall has nobody logged in: these see to it themselves who looks.
        door.get(app, "/board", self._watched(self.show), public=True)
        door.get(app, "/board/names.json", self._watched(self.names), public=True, quiet=True)
        door.get(app, "/board/hours.json", self._watched(self.hours), public=True, quiet=True)
        door.get(app, "/board/watching.js", self._watched(self.worker), public=True, quiet=True)
        # A board is watched without a hand on the keyboard: its sign of life keeps the session going.
        door.get(app, "/board/alive", self._watched(self.alive), public=True)
        door.get(app, "/board/proposals", self.proposals)

    async def show(self, visit: Visit) -> Response:
        """Show the board; `?wall=1` and a wall itself get it dark, large, without doors."""
        waiting, emergency = await self._now(visit)
        return self.parts.page(
            visit,
            "board/board.html",
            wall=visit.view.person is None or visit.asked("wall") == "1",
            board_url=self.parts.board_url,
            zone=str(self.parts.door.renderer.zone),
            version=self.parts.names.latest().number,
            build=self._build,
            proposals=len(waiting),
            emergency=any(one.is_on for one in emergency),
        )

    async def names(self, visit: Visit) -> Response:
        """Answer with names, ground and words."""
        language = visit.view.language if visit.asked("language") not in LANGUAGES else visit.asked("language")
        sentences = self.parts.door.renderer.words.sentences
        spoken = next(known for known in LANGUAGES if known == language)
        body = names_told(self.parts.names.latest(), spoken, sentences[spoken])
        return Response(body, headers=CACHED, media_type="application/json")

    async def hours(self, visit: Visit) -> Response:
        """Answer with the office hours of a version. Raises Problem 404 for one that is not published."""
        asked = visit.asked("version")
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < DIGITS_MAX else 0
        try:
            city = await self.parts.desk.versions.of(number)
        except NothingPublishedError:
            raise of_status(404) from None
        body = msgspec.json.encode(office_hours(city.calendar, visit.view.now))
        return Response(body, headers=CACHED, media_type="application/json")

    async def worker(self, visit: Visit) -> Response:
        """Give the worker's script under the page's own policy: a worker follows that of its script."""
        del visit
        renderer = self.parts.door.renderer
        answer = renderer.assets.answer(renderer.assets.names[WORKER])
        answer.headers["Content-Security-Policy"] = renderer.policy
        answer.headers["Cache-Control"] = CACHED["Cache-Control"]
        return answer

    async def alive(self, visit: Visit) -> Response:
        """Say which build and version are in force, whether an emergency is on, and how many proposals wait."""
        waiting, emergency = await self._now(visit)
        is_on = any(one.is_on for one in emergency)
        version = self.parts.names.latest().number
        return _json({"build": self._build, "version": version, "emergency": is_on, "proposals": len(waiting)})

    async def proposals(self, visit: Visit) -> Response:
        """Show what the system proposed and a person has to decide."""
        waiting, _ = await self._now(visit)
        return self.parts.page(visit, "board/proposals.html", waiting=waiting)

    def _watched(self, page: Page) -> Page:
        async def watched(visit: Visit) -> Response:
            if visit.view.person is None and await self._is_wall(visit):
                return await page(visit)
            return turned_away(visit) or await page(visit)

        return watched

    async def _is_wall(self, visit: Visit) -> bool:
        token_hash = token_hash_in_cookie(visit.request.cookies.get(WALL_COOKIE))
        if token_hash is None:
            return False
        async with self.parts.desk.pool.acquire() as connection:
            return await wall_of(connection, token_hash) is not None

    async def _now(self, visit: Visit) -> tuple[list[CaseToConfirm], list[EmergencyOn]]:
        if visit.view.person is None:
            # What waits for somebody's decision is told to whoever may decide it.
            async with self.parts.desk.pool.acquire() as connection:
                return [], await emergencies_on(connection)
        async with self.parts.desk.reading(visit.session, "me") as asking:
            return await cases_to_confirm(asking.connection), await emergencies_on(asking.connection)

    @property
    def _build(self) -> str:
        names = self.parts.door.renderer.assets.names
        return sha256("/".join(names[name] for name in LOADED).encode()).hexdigest()[:12]


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), headers={"Cache-Control": "no-store"}, media_type="application/json")
