"""`GET /track` asks for the code, `POST /track` shows where the report stands, `POST /track/add` adds to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.intake.pages.doors import Told
from services.intake.pages.forms import Filled, filled_in
from services.intake.pages.frame import Frame
from services.intake.pages.track.view import RATINGS, followup_in, lacking, shown_track

NOTHING: Final[Mapping[str, str]] = {}
DONE: Final = {"facts": "track.facts_taken", "photo": "track.facts_taken", "withdrawal": "track.withdrawn",
               "rating": "track.rated"}  # fmt: skip
REFUSED: Final = {
    "already-done": "track.already", "no-such-report": "track.none", "state-secret": "problem.state-secret",
    "too-fast": "problem.too-fast", "unavailable": "problem.unavailable", "idempotency-key-reused": "track.already",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrackPage:
    """Tracking by code, or by number and phone to look only."""

    frame: Frame

    async def ask(self, asked: Request) -> Response:
        """Ask for the code. A code behind `#` is filled in by the page itself and never reaches a log."""
        return self._page(asked, None)

    async def show(self, asked: Request) -> Response:
        """Show where the report stands."""
        filled = await filled_in(asked)
        return await self._shown(asked, filled)

    async def add(self, asked: Request) -> Response:
        """Add facts, a photo, the withdrawal or the rating, then show the report again."""
        filled = await filled_in(asked)
        attachments = await self._attached(asked, filled)
        if attachments is None:
            return await self._shown(asked, filled, "problem.not-a-picture")
        form = followup_in(filled.fields, attachments)
        missing = lacking(form)
        if missing:
            return await self._shown(asked, filled, missing)
        told = await self.frame.doors.add(asked, filled["code"], form, filled["key"] or uuid4().hex)
        if told.good:
            separate = told.document.get("separate")
            alone = separate is not None and form["kind"] in {"facts", "photo"}
            return await self._shown(asked, filled, "" if alone else DONE[form["kind"]], bad=False, separate=separate)
        return await self._shown(asked, filled, _refusal(told))

    async def _attached(self, asked: Request, filled: Filled) -> tuple[str, ...] | None:
        ids = [filled["attachment"]] if filled["attachment"] else []
        for photo in filled.photos:
            kept = await self.frame.doors.attach(asked, photo)
            if not kept.good:
                return None
            ids.append(kept.document["attachment_id"])
        return tuple(ids)

    async def _shown(
        self, asked: Request, filled: Filled, notice: str = "", *, bad: bool = True, separate: Any = None
    ) -> Response:
        code = filled["code"]
        if code:
            told = await self.frame.doors.show(asked, code)
        else:
            told = await self.frame.doors.find(asked, filled["number"], filled["tail"])
        if not told.good:
            return self._page(asked, None, notice=_refusal(told), code=code, status=told.status)
        # What was said is given back only where it was not taken.
        values = filled.fields if bad else {"number": filled["number"], "tail": filled["tail"]}
        return self._page(
            asked, shown_track(told.document), notice=notice, bad=bad, code=code, values=values, separate=separate
        )

    def _page(self, asked: Request, shown: Any, *, status: int = 200, **given: Any) -> Response:
        usual = {"notice": "", "bad": True, "code": "", "values": NOTHING, "separate": None}
        return self.frame.page(
            asked,
            "track/track.html",
            status=status,
            **(usual | given),
            shown=shown,
            key=uuid4().hex,
            ratings=RATINGS,
            name_of=self.frame.places.name_of,
        )


def _refusal(told: Told) -> str:
    # A number or tail of another form is as wrong as one that fits nothing.
    slug = "no-such-report" if told.slug in {"invalid", "not-found"} and told.status in {404, 422} else told.slug
    return REFUSED.get(slug, "problem.other")
