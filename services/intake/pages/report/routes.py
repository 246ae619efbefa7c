"""`GET /report` shows the form, `POST /report` takes it where no script does; `places.json` is for its map."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from services.intake.pages.doors import Told
from services.intake.pages.forms import Filled, filled_in
from services.intake.pages.frame import Frame
from services.intake.pages.report.view import FIELDS, Mistakes, form_in, missing_in, mistakes_of

NOTHING_WRONG = Mistakes({})
CACHED = {"Cache-Control": "public, max-age=3600"}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The one-key report."""

    frame: Frame

    async def show(self, asked: Request) -> Response:
        """Show the form; a poster's address may name the community it hangs in."""
        return self._form(asked, {"community": asked.query_params.get("community", "")[:100]}, uuid4().hex)

    async def take(self, asked: Request) -> Response:
        """Take the form. The hidden key makes a reload or a second tap the same report."""
        filled = await filled_in(asked)
        form, key = form_in(filled), filled["key"] or uuid4().hex
        missing = missing_in(form)
        if missing is not None:
            return self._form(asked, filled.fields, key, missing, status=422)
        told = await self.frame.doors.report(asked, form, key)
        if not told.good:
            mistakes = mistakes_of(told.slug, told.document)
            return self._form(asked, filled.fields, key, mistakes, status=told.status)
        photo_lost = not await self._photos_added(asked, filled, told, key)
        number, code = told.document["number"], told.document["tracking_code"]
        return self.frame.page(
            asked,
            "report/receipt.html",
            status=201,
            number=number,
            code=code,
            photo_lost=photo_lost,
            advice=told.document.get("advice"),
            progress=told.document.get("progress"),
        )

    async def grounds(self, asked: Request) -> Response:
        """Answer with the communities' ground."""
        del asked
        body = await asyncio.to_thread(self.frame.places.grounds)
        return Response(body, headers=CACHED, media_type="application/json")

    async def _photos_added(self, asked: Request, filled: Filled, told: Told, key: str) -> bool:
        # After the report and under a key of its own: a reload must not make another report of other picture ids.
        if not filled.photos:
            return True
        kept = [await self.frame.doors.attach(asked, photo) for photo in filled.photos]
        ids = [picture.document["attachment_id"] for picture in kept if picture.good]
        if not ids:
            return False
        form = {"kind": "photo", "attachments": ids}
        added = await self.frame.doors.add(asked, told.document["tracking_code"], form, f"{key}-photo")
        return (added.good or added.slug == "idempotency-key-reused") and len(ids) == len(kept)

    def _form(
        self, asked: Request, values: dict[str, str], key: str, mistakes: Mistakes = NOTHING_WRONG, *, status: int = 200
    ) -> Response:
        return self.frame.page(
            asked,
            "report/report.html",
            status=status,
            key=key,
            values={name: value for name, value in values.items() if name in FIELDS},
            mistakes=mistakes,
            areas=self.frame.places.areas(),
        )
