"""What is done with a draft: tried on past cases, published by another person, withdrawn; and the way back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem, of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.store.drafting import CONFIRM, UPLOAD

NOTICE: Final = timedelta(seconds=10)
"""What "as soon as possible" means: the least notice is 4 s, the rest is for the way to the server."""


@dataclass(frozen=True, slots=True)
class PublishingPages:
    """Acts on drafts and versions."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        door.post(app, "/rules/drafts/{number}/replay", self.replay)
        door.post(app, "/rules/drafts/{number}/publish", self.publish)
        door.post(app, "/rules/drafts/{number}/withdraw", self.withdraw)
        door.post(app, "/rules/versions/{number}/again", self.again)

    async def replay(self, visit: Visit) -> Response:
        """Decide the latest cases again by the draft, in the background."""
        number = _number(visit)
        require_role(visit, *CONFIRM)
        await self.parts.drafting.replay(number, visit.form.number("cases"), visit.session)
        return to(f"/rules?draft={number}#replay")

    async def publish(self, visit: Visit) -> Response:
        """Publish somebody else's draft, as it was shown beside the version in force."""
        number = _number(visit)
        require_role(visit, *CONFIRM)
        against, begins = visit.form.number("against"), self._begins(visit)
        published = await self.parts.drafting.publish(number, against, begins, visit.session)
        return to(f"/rules?done={'published-late' if published.is_late else 'published'}")

    async def withdraw(self, visit: Visit) -> Response:
        """Take an open draft back."""
        require_role(visit, *UPLOAD)
        await self.parts.drafting.withdraw(_number(visit), visit.session)
        return to("/rules?done=withdrawn")

    async def again(self, visit: Visit) -> Response:
        """Draft an earlier version again: the way back is another publication, by another person."""
        require_role(visit, *UPLOAD)
        drafted = await self.parts.drafting.again(_number(visit), visit.form.text("note"), visit.session)
        return to(f"/rules?draft={drafted}&done=drafted")

    def _begins(self, visit: Visit) -> datetime:
        text = visit.form.text("begins")
        if not text:
            return visit.view.now + NOTICE
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise Problem("no-instant", "No instant", 422, "Say day and time.") from None
        return local if local.tzinfo else local.replace(tzinfo=self.parts.door.renderer.zone)


def require_role(visit: Visit, *roles: str) -> None:
    """Refuse whoever has none of the roles; the database checks again. Raises Problem 403."""
    if not visit.visitor.is_one_of(*roles):
        raise Problem("not-yours-to-do", "Not yours to do", 403)


def _number(visit: Visit) -> int:
    text: str = visit.request.path_params["number"]
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise of_status(404)
    return int(text)
