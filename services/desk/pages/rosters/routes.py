"""`/rosters`: who is on duty in a unit from now on; its keepers enter a shift, end one, or upload a sheet (S1-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem, of_status
from services.desk.api.rosters import refuse_shift
from services.desk.domain.rosters import ShiftEntered
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.rosters.reading import COLUMNS, read_shifts
from services.desk.pages.rules.reasons import reason_said
from services.desk.pages.visit import Visit
from services.desk.queries.names import names_of, people_of
from services.desk.queries.rosters import end, enter, roster_of
from services.reference.model.organisation import Unit
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.reference.sheets.writing import write_csv, write_workbook

KEEPERS: Final = ("unit_head", "subdistrict_coordinator", "center_leader")
FILE_BYTES_MAX: Final = 1024 * 1024
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class RosterPages:
    """Rosters of one's own units, and for those who keep them of the offices below."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        door = self.parts.door
        door.get(app, "/rosters", self.show)
        door.get(app, "/rosters/template.{form}", self.template)
        door.post(app, "/rosters/shifts", self.enter)
        door.post(app, "/rosters/upload", self.upload)
        door.post(app, "/rosters/end", self.end)

    async def show(self, visit: Visit) -> Response:
        """Show a unit's shifts that have not ended."""
        return await self._shown(visit, visit.asked("unit"))

    async def template(self, visit: Visit) -> Response:
        """Give an empty sheet."""
        form = visit.request.path_params["form"]
        if form not in {"csv", "xlsx"}:
            raise of_status(404)
        content = write_csv(COLUMNS, []) if form == "csv" else write_workbook("roster", COLUMNS, [])
        headers = {"Content-Disposition": f'attachment; filename="roster.{form}"', "Cache-Control": "no-store"}
        return Response(content, headers=headers, media_type=WORKBOOK if form == "xlsx" else "text/csv; charset=utf-8")

    async def enter(self, visit: Visit) -> Response:
        """Put one person on duty."""
        unit = self._kept(visit)
        row = {name: visit.form.text(name) for name in ("name", "day", "from", "to")}
        return await self._enter(visit, unit, "shift.csv", write_csv(COLUMNS, [row]))

    async def upload(self, visit: Visit) -> Response:
        """Enter every shift of a sheet, or none."""
        unit = self._kept(visit)
        files = visit.form.files("roster")
        if len(files) != 1:
            raise Problem("no-file", "No file", 422, "Choose one sheet.")
        content = await files[0].read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise of_status(413)
        return await self._enter(visit, unit, files[0].filename or "", content)

    async def end(self, visit: Visit) -> Response:
        """End a shift now."""
        unit, shift = self._kept(visit), visit.form.identity("shift")
        async with self.parts.desk.pool.acquire() as connection:
            refuse_shift(await end(connection, visit.session, unit.id, shift, self._keepers(unit)))
        return to(f"/rosters?unit={unit.id}&done=ended")

    async def _enter(self, visit: Visit, unit: Unit, name: str, content: bytes) -> Response:
        async with self.parts.desk.pool.acquire() as connection, connection.transaction():
            people = await people_of(connection, visit.session, unit.id)
            try:
                shifts = read_shifts(name, content, unit.id, people, self.parts.door.renderer.zone)
            except SheetsRefusedError as error:
                return await self._shown(visit, unit.id, error.refusals)
            await self._keep(connection, visit, shifts, self._keepers(unit))
        return to(f"/rosters?unit={unit.id}&done=entered")

    async def _keep(self, connection: Any, visit: Visit, shifts: Sequence[ShiftEntered], keepers: set[str]) -> None:
        for shift in shifts:
            _, wrong = await enter(connection, visit.session, shift, keepers)
            refuse_shift(wrong)

    async def _shown(self, visit: Visit, asked: str, refusals: Sequence[Refusal] = ()) -> Response:
        units = self._units(visit)
        if not units:
            raise Problem("not-yours-to-do", "Not yours to do", 403, "Rosters are of units.")
        unit = next((known for known in units if known.id == asked), units[0])
        async with self.parts.desk.reading(visit.session, "roster") as asking:
            roster = await roster_of(asking.connection, visit.session, unit.id)
            names = await names_of(asking.connection, {shift.person_id for shift in roster.shifts})
            keeps = self._keeps(visit, unit)
            people: Mapping[UUID, str] = await people_of(asking.connection, visit.session, unit.id) if keeps else {}
        return self.parts.page(
            visit,
            "rosters/rosters.html",
            status=422 if refusals else 200,
            units=units,
            chosen=unit,
            shifts=roster.shifts,
            names=names,
            people=sorted(people.values()),
            keeps=keeps,
            refusals=refusals,
            reason=lambda text: reason_said(text, visit.view.language),
            done=visit.asked("done"),
        )

    def _units(self, visit: Visit) -> list[Unit]:
        """Return the visitor's units and, for who keeps them, the offices of their departments and in their street."""
        known, mine = self.parts.names.latest().organisation.units, visit.visitor.units
        own = [known[unit] for unit in mine if unit in known]
        if not visit.visitor.is_one_of(*KEEPERS):
            return own
        offices = [
            unit for unit in known.values() if unit.kind == "branch_office" and {unit.parent, unit.serves} & set(mine)
        ]
        return [*own, *sorted(offices, key=lambda unit: unit.name_zh)]

    def _kept(self, visit: Visit) -> Unit:
        """Return the unit of a form. Raises Problem 403 for one whose roster the visitor does not keep."""
        asked = visit.form.text("unit")
        unit = next((unit for unit in self._units(visit) if unit.id == asked), None)
        if unit is None or not self._keeps(visit, unit):
            raise Problem("not-yours-to-do", "Not yours to do", 403, "A roster is kept by the unit's own heads.")
        return unit

    def _keeps(self, visit: Visit, unit: Unit) -> bool:
        return visit.visitor.is_one_of(*KEEPERS) and not self._keepers(unit).isdisjoint(visit.visitor.units)

    def _keepers(self, unit: Unit) -> set[str]:
        path = self.parts.names.latest().organisation.path(unit.id)
        return {*path, *((unit.serves,) if unit.serves else ())}
