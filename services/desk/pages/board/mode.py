"""`/board/mode`: which emergencies are on; one authorised person switches a published one on or off (S1-19)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.clock import now
from services.chassis.web.problems import Problem
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.confirming import emergencies_on
from services.ledger.store.modes import switch_and_tell
from services.reference.versions.modes import NOTICE, Switch
from services.reference.versions.publish import PublicationRefusedError

SPARE: Final = timedelta(seconds=1)
"""Added to the least notice, for the way to the server on a busy day."""


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
            areas=sorted(areas, key=lambda unit: (unit.kind, unit.id)),
            profile_names={profile.id: profile.name_zh for profile in compiled.version.profiles},
        )

    async def switch(self, visit: Visit) -> Response:
        """Switch a profile; the same transaction tells every unit of the area."""
        form = visit.form
        switch = Switch(
            profile=form.text("profile"),
            area=form.text("area"),
            on=form.text("on") == "yes",
            reason=form.text("reason"),
        )
        if len(switch.reason) < 2:
            raise Problem("reason-missing", "A reason is needed", 422)
        version = self.parts.names.latest().version
        async with self.parts.desk.pool.acquire() as connection:
            active_from = await now(connection) + NOTICE + SPARE
            try:
                await switch_and_tell(connection, switch, version, active_from, visit.session)
            except PublicationRefusedError as error:
                raise Problem("mode-refused", "The mode cannot be switched", 409, str(error)) from None
        return to("/board/mode")
