"""`/cases/{id}`: the case, as a page or as the part beside the list; its pictures, its work order, its contact."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import invalid, of_status
from services.desk.api.asking import case_id_of
from services.desk.pages.acting.fields import LIMIT_UNITS
from services.desk.pages.acting.offering import Choices, offered
from services.desk.pages.case.view import CaseView, read_case
from services.desk.pages.case.why import why_said
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.store.alike import keep_apart
from services.desk.store.inside import as_person
from services.desk.store.vault import Revealed, reveal

SHORTCUTS: Final = {"sign_in": "s", "report_in": "r", "handle": "h"}
WITH_PHOTOS: Final = frozenset({"handle", "deliver_part", "note", "joint_result"})
PICTURE_HEADERS: Final = {
    "Cache-Control": "private, max-age=300",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PURPOSE_MIN: Final = 4


@dataclass(frozen=True, slots=True)
class CasePages:
    """Pages of one case."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/cases/{case_id}", self.show)
        door.get(app, "/cases/{case_id}/order", self.order)
        door.get(app, "/cases/{case_id}/pictures/{attachment_id}", self.picture, quiet=True)
        door.post(app, "/cases/{case_id}/contact", self.contact)
        door.post(app, "/cases/{case_id}/apart", self.apart)

    async def show(self, visit: Visit) -> Response:
        """Show the case, whole or as the part beside a list."""
        return self._case(visit, await self._view(visit))

    async def order(self, visit: Visit) -> Response:
        """Show the work order to print."""
        return self.parts.page(visit, "case/order.html", shown=await self._view(visit))

    async def picture(self, visit: Visit) -> Response:
        """Give a picture of a case the person may see."""
        case_id, attachment_id = (case_id_of(visit.request.path_params[name]) for name in ("case_id", "attachment_id"))
        async with self.parts.desk.reading(visit.session, "case") as asking:
            content = await self.parts.pictures.content(asking.connection, case_id, attachment_id)
        if content is None:
            raise of_status(404)
        return Response(content, headers=PICTURE_HEADERS, media_type="image/jpeg")

    async def contact(self, visit: Visit) -> Response:
        """Show who reported, once, for a purpose that is written down with the person's name."""
        view, purpose = await self._view(visit), visit.form.text("purpose")[:500]
        if len(purpose) < PURPOSE_MIN:
            raise invalid([{"field": "purpose", "reason": "say what it is needed for"}])
        revealed: list[Revealed] = []
        async with as_person(self.parts.desk.pool, visit.session) as connection:
            for report in view.case.reports:
                try:
                    revealed.append(await reveal(connection, self.parts.keys, report.report_id, purpose))
                except asyncpg.InsufficientPrivilegeError:
                    raise of_status(404) from None
        return self._case(visit, view, revealed)

    async def apart(self, visit: Visit) -> Response:
        """Say that another case is not about the same thing, and show the case again."""
        known = case_id_of(visit.request.path_params["case_id"])
        if not await keep_apart(self.parts.desk.pool, visit.session, known, visit.form.identity("other")):
            raise of_status(404)
        return self._case(visit, await self._view(visit))

    async def _view(self, visit: Visit) -> CaseView:
        known: UUID = case_id_of(visit.request.path_params["case_id"])
        return await read_case(self.parts, visit, known)

    def _case(self, visit: Visit, view: CaseView, revealed: list[Revealed] | None = None) -> Response:
        part = visit.asked("part") == "1" or (visit.by_script and visit.request.method == "POST")
        return self.parts.page(
            visit,
            "case/part.html" if part else "case/case.html",
            shown=view,
            offered=offered(view.case.may, visit.visitor, visit.asked("act")),
            choices=Choices(self.parts.names, view.case, visit.visitor),
            key=uuid4().hex,
            done=visit.asked("done"),
            revealed=revealed,
            shortcuts=SHORTCUTS,
            with_photos=WITH_PHOTOS,
            limit_units=LIMIT_UNITS,
            why=why_said(self.parts.door.renderer.words, self.parts.names, visit.view.language),
        )
