"""`/proposals`: confirm or decline what was proposed; `/feed`: major matters, letters and red steps as they come."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.api.feed import LEADERS, decided_by
from services.desk.domain.feed import FeedAsked
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.feed import feed_of, proposals_for
from services.desk.queries.names import names_of

PAGE: Final = 50
DECIDING: Final = ("center_leader", "unit_head", "subdistrict_coordinator")


@dataclass(frozen=True, slots=True)
class LeadingPages:
    """Pages of leaders."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/proposals", self.proposals)
        door.get(app, "/feed", self.feed)
        door.get(app, "/feed/rows", self.rows, quiet=True)

    async def proposals(self, visit: Visit) -> Response:
        """Show what waits for the visitor's word, the oldest first, each with its form."""
        async with self.parts.desk.reading(visit.session, "proposals") as asking:
            kinds = decided_by(asking.asker)
            if not kinds:
                raise Problem("not-yours-to-do", "Not yours to do", 403, "Proposals wait for leaders.")
            waiting = (await proposals_for(asking, kinds)).rows
            persons = {row.proposal.proposed_by for row in waiting if row.proposal.proposed_by is not None}
            names = await names_of(asking.connection, persons)
        return self.parts.page(visit, "leading/proposals.html", waiting=waiting, names=names, key=uuid4().hex)

    async def feed(self, visit: Visit) -> Response:
        """Show the feed; `?before=` goes on to what is older."""
        return self.parts.page(visit, "leading/feed.html", **await self._given(visit))

    async def rows(self, visit: Visit) -> Response:
        """Answer the feed's rows, or 304 when nothing has changed."""
        given = await self._given(visit)
        shown = f"{visit.view.language}{given['rows']!r}"
        etag = '"' + sha256(shown.encode()).hexdigest()[:24] + '"'
        if visit.request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        answer = self.parts.page(visit, "leading/rows.html", **given)
        answer.headers["ETag"] = etag
        return answer

    async def _given(self, visit: Visit) -> dict[str, Any]:
        if not visit.visitor.is_one_of(*LEADERS):
            raise Problem("not-yours-to-do", "Not yours to do", 403, "The feed is for leaders.")
        before = _instant(visit.asked("before"))
        async with self.parts.desk.reading(visit.session, "feed") as asking:
            feed = await feed_of(asking, FeedAsked(limit=PAGE, before=before))
        older = urlencode({"before": feed.rows[-1].at.isoformat()}) if len(feed.rows) == PAGE else ""
        return {"rows": feed.rows, "at": feed.at, "older": older, "before": visit.asked("before") if before else ""}


def _instant(text: str) -> datetime | None:
    """Return the instant an address names; None for what is none, which shows the newest."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
