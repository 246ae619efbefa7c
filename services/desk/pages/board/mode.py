"""`/board/mode`: which emergencies are on; one authorised person switches a published one on or off (S1-19)."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.domain.modes import SwitchAsked
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.confirming import emergencies_on
from services.desk.queries.modes import switched
from services.reference.versions.publish import PublicationRefusedError

REASON_MIN: Final = 2


@dataclass(frozen=True, slots=True)
class ModePages:
    """平急转换 from the board."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        self.parts.door.get(app, "/board/mode", self.show)
        self.parts.door.post(app, "/board/mode", self.switch)

    async def show(self, visit: Visit) -> Response:
        """Show what is on, and what may be switched on."""
        async with self.parts.desk.reading(visit.session, "me") as asking:
            on = await emergencies_on(asking.connection)
        compiled = self.parts.names.latest()
        areas = [unit for unit in compiled.organisation.units.values() if unit.kind in {"district", "subdistrict"}]
        return self.parts.page(
            visit,
            "board/mode.html",
            on=on,
            may_switch=visit.visitor.is_one_of("center_leader"),
            areas=sorted(areas, key=lambda unit: (unit.kind, unit.id)),
            profile_names={profile.id: profile.name_zh for profile in compiled.version.profiles},
        )

    async def switch(self, visit: Visit) -> Response:
        """Switch a profile; the same transaction tells every unit of the area."""
        form = visit.form
        reason = form.text("reason")
        if len(reason) < REASON_MIN:
            raise Problem("reason-missing", "A reason is needed", 422)
        asked = SwitchAsked(on=form.text("on") == "yes", area=form.text("area") or None, reason=reason)
        async with self.parts.desk.pool.acquire() as connection:
            try:
                await switched(connection, form.text("profile"), asked, visit.session)
            except PublicationRefusedError as error:
                raise Problem("mode-refused", "The mode cannot be switched", 409, str(error)) from None
        return to("/board/mode")
