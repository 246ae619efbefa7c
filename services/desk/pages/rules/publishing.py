"""What is done with a draft: tried on past cases, published by another person, withdrawn; and the way back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem, of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.rules.view import CONFIRM, UPLOAD, Examining
from services.desk.pages.visit import Visit
from services.desk.store.rehearsing import Rehearsing, Wanted
from services.reference.versions.drafts import draft_content, number_in_force, withdraw
from services.reference.versions.publish import PublicationRefusedError, publish, redraft

NOTICE: Final = timedelta(seconds=10)
"""What "as soon as possible" means: the least notice is 4 s, the rest is for the way to the server."""
NOTE_MIN: Final = 2
SLUGS: Final = {
    "RV001": ("own-draft", 409),
    "RV002": ("too-soon", 422),
    "RV003": ("draft-gone", 409),
    "RV009": ("admissions-changed", 409),
    "RV010": ("replay-running", 409),
    "RV011": ("too-many-drafts", 409),
    "42501": ("not-yours-to-do", 403),
}


def refused_as_problem(error: PublicationRefusedError) -> Problem:
    """Return what the database refused as the page says it."""
    slug, status = SLUGS.get(error.code, ("draft-gone", 409))
    return Problem(slug, "Not done", status, str(error))


@dataclass(frozen=True, slots=True)
class PublishingPages:
    """Acts on drafts and versions."""

    parts: PageParts
    examining: Examining
    rehearsing: Rehearsing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rehearsing", Rehearsing(self.parts.desk.pool))

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
        active = self.parts.names.latest()
        async with self.parts.desk.reading(visit.session, "rules") as asking:
            content = await draft_content(asking.connection, number)
        if content is None:
            raise of_status(404)
        try:
            examined = await self.examining.of(number, active, content)
            wanted = Wanted(
                draft_id=number,
                active=active,
                draft=examined.draft,
                cases=visit.form.number("cases"),
                token_hash=visit.session,
            )
            await self.rehearsing.begin(wanted)
        except PublicationRefusedError as error:
            raise refused_as_problem(error) from None
        except TimeoutError:
            raise of_status(503, headers={"Retry-After": "10"}) from None
        return to(f"/rules?draft={number}#replay")

    async def publish(self, visit: Visit) -> Response:
        """Publish somebody else's draft, as it was shown beside the version in force."""
        number = _number(visit)
        require_role(visit, *CONFIRM)
        begins = self._begins(visit)
        async with self.parts.desk.pool.acquire() as connection:
            if await number_in_force(connection) != visit.form.number("against"):
                raise Problem("rules-moved-on", "Another version came into force", 409)
            try:
                published = await publish(connection, number, begins, visit.session)
            except PublicationRefusedError as error:
                raise refused_as_problem(error) from None
        return to(f"/rules?done={'published-late' if published.is_late else 'published'}")

    async def withdraw(self, visit: Visit) -> Response:
        """Take an open draft back."""
        require_role(visit, *UPLOAD)
        try:
            await withdraw(self.parts.desk.pool, _number(visit), visit.session)
        except PublicationRefusedError as error:
            raise refused_as_problem(error) from None
        return to("/rules?done=withdrawn")

    async def again(self, visit: Visit) -> Response:
        """Draft an earlier version again: the way back is another publication, by another person."""
        require_role(visit, *UPLOAD)
        note = visit.form.text("note")[:500]
        if len(note) < NOTE_MIN:
            raise Problem("reason-missing", "A reason is needed", 422)
        try:
            async with self.parts.desk.pool.acquire() as connection:
                drafted = await redraft(connection, _number(visit), note, visit.session)
        except PublicationRefusedError as error:
            raise refused_as_problem(error) from None
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
