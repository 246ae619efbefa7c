"""`/queue`: the list; `/queue/rows`: its rows alone, for the page's own refreshing; `/queue/export.…`: as a file."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.queue.asked import EXPECTED, ROWS, QueueAddress, address_of
from services.desk.pages.queue.exporting import KINDS, exported
from services.desk.pages.queue.view import QueueView, read_queue
from services.desk.pages.visit import Visit
from services.desk.queries.cases import case_by_number
from services.desk.store.inside import colleagues_of

EXPORT_ROWS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class QueuePages:
    """The department queue."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/queue", self.show)
        door.get(app, "/queue/rows", self.rows, quiet=True)
        for kind in KINDS:
            door.get(app, f"/queue/export.{kind}", self.export)

    async def show(self, visit: Visit) -> Response:
        """Show the list; a number that is found leads straight to its case."""
        asked = address_of(visit)
        if asked.looks_like_a_number and (found := await self._case_numbered(visit, asked.q)):
            return to(found)
        view = await read_queue(self.parts, visit, asked, ROWS)
        async with self.parts.desk.reading(visit.session, "me") as asking:
            colleagues = await colleagues_of(asking.connection)
        return self.parts.page(
            visit, "queue/queue.html", colleagues=colleagues, done=visit.asked("done"), **self._given(asked, view)
        )

    async def rows(self, visit: Visit) -> Response:
        """Answer the rows alone, or 304 when nothing about them, nor the minute, has changed."""
        asked = address_of(visit)
        view = await read_queue(self.parts, visit, asked, ROWS)
        # What is left is told to the minute: rows that nobody touches grow late, too.
        minute = view.at.replace(second=0, microsecond=0)
        shown = (minute, view.rows, view.holders, visit.view.language)
        known = '"' + sha256(repr(shown).encode()).hexdigest()[:24] + '"'
        if visit.request.headers.get("if-none-match") == known:
            return Response(status_code=304, headers={"ETag": known})
        answer = self.parts.page(visit, "queue/rows.html", **self._given(asked, view))
        answer.headers["ETag"] = known
        return answer

    async def export(self, visit: Visit) -> Response:
        """Give the list as a file, as filtered, from its beginning."""
        kind = visit.request.url.path.rpartition(".")[2]
        view = await read_queue(self.parts, visit, address_of(visit), EXPORT_ROWS_MAX)
        return exported(kind, view, self.parts, visit)

    def _given(self, asked: QueueAddress, view: QueueView) -> dict[str, Any]:
        return {"asked": asked, "queue": view, "expected_kinds": EXPECTED}

    async def _case_numbered(self, visit: Visit, number: str) -> str | None:
        async with self.parts.desk.reading(visit.session, "case") as asking:
            found = await case_by_number(asking, number)
        return f"/cases/{found.document.case.case_id}" if found else None
