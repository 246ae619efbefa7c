"""`/calls`: reporters whom no message reaches, what is to be said to each, and the word that it was (S4-02)."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import invalid
from services.desk.domain.calls import CallsAsked
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.calls import calls_for
from services.desk.store.calls import tell

NOTE_MIN: Final = 2
NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class CallPages:
    """The page of whoever calls."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the page."""
        self.parts.door.get(app, "/calls", self.show)
        self.parts.door.post(app, "/calls", self.told)

    async def show(self, visit: Visit) -> Response:
        """Show who waits, the longest first, each with its form."""
        return await self._page(visit)

    async def told(self, visit: Visit) -> Response:
        """Note that a reporter was told, once; somebody else's word that it was stays."""
        note = visit.form.text("note").strip()
        if not NOTE_MIN <= len(note) <= NOTE_MAX:
            raise invalid([{"field": "note", "reason": "say whom you reached, in 2 to 500 characters"}])
        count = await tell(self.parts.desk.pool, visit.session, visit.form.identity("answer"), note)
        return await self._page(visit, "done" if count else "gone")

    async def _page(self, visit: Visit, came: str = "") -> Response:
        async with self.parts.desk.reading(visit.session, "calls") as asking:
            waiting = await calls_for(asking, CallsAsked())
        return self.parts.page(visit, "calls/calls.html", calls=waiting, came=came)
