"""`/counter` takes a report in for a resident and gives the slip; `/counter/result` prints what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.pages.counter.view import (
    FIELDS,
    Followed,
    Mistakes,
    Slip,
    missing_in,
    mistakes_of,
    report_in,
)
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.ports import Told
from services.identity.sessions import COOKIE

AT_COUNTERS: Final = (
    "clerk", "subdistrict_officer", "subdistrict_coordinator", "community_officer", "center_operator",
)  # fmt: skip
KEY_MAX: Final = 64
NOTHING_WRONG: Final = Mistakes()


@dataclass(frozen=True, slots=True)
class CounterPages:
    """Counters of departments, streets, communities and the center."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/counter", self.show)
        door.post(app, "/counter", self.take)
        door.get(app, "/counter/result", self.ask)
        door.post(app, "/counter/result", self.result)

    async def show(self, visit: Visit) -> Response:
        """Show an empty form; somebody of a community finds it chosen."""
        _require_counter(visit)
        unit = visit.visitor.unit
        community = unit if self.parts.names.kind_of(unit) == "community" else ""
        return self._form(visit, {"community": community}, uuid4().hex)

    async def take(self, visit: Visit) -> Response:
        """Hand the form to intake. Its hidden key makes a reload the same report, its paper number any repeat."""
        _require_counter(visit)
        form, key = report_in(visit.form.text, self.parts.names.item_named), visit.form.text("key")[:KEY_MAX]
        values = {name: visit.form.text(name) for name in FIELDS}
        forgotten = missing_in(form)
        if forgotten is not None or not key:
            return self._form(visit, values, key or uuid4().hex, forgotten or NOTHING_WRONG)
        told = await self.parts.window.report(_secret(visit), form, f"counter/{key}")
        if not told.good:
            return self._form(visit, values, uuid4().hex, mistakes_of(told.slug, told.document))
        slip = msgspec.convert(told.document, Slip)
        return self.parts.page(visit, "counter/slip.html", slip=slip, told=told, values=values)

    async def ask(self, visit: Visit) -> Response:
        """Ask for the number of a paper."""
        _require_counter(visit)
        return self.parts.page(visit, "counter/result.html", asked="", found=None, wrong=False)

    async def result(self, visit: Visit) -> Response:
        """Show what became of a paper of the visitor's unit, as it is printed for who brought it."""
        _require_counter(visit)
        number = visit.form.text("paper")[:100]
        told = await self.parts.window.paper(_secret(visit), number) if number else Told(404, {})
        found = msgspec.convert(told.document, Followed) if told.good else None
        status = 200 if found else 404
        return self.parts.page(
            visit, "counter/result.html", status=status, asked=number, found=found, wrong=found is None
        )

    def _form(self, visit: Visit, values: Mapping[str, str], key: str, mistakes: Mistakes = NOTHING_WRONG) -> Response:
        names = self.parts.names
        return self.parts.page(
            visit,
            "counter/counter.html",
            status=422 if mistakes.fields or mistakes.general else 200,
            values=values,
            key=key,
            mistakes=mistakes,
            communities=[unit for unit in names.grounds() if unit.kind == "community"],
            departments=names.departments(),
            items=sorted(names.items().items()),
        )


def _require_counter(visit: Visit) -> None:
    if not visit.visitor.is_one_of(*AT_COUNTERS):
        raise Problem("not-yours-to-do", "Not yours to do", 403, "Reports are taken in at counters.")


def _secret(visit: Visit) -> str:
    """Return the session that intake is asked with: who takes a report in is whoever is logged in."""
    return visit.request.cookies.get(COOKIE, "")
