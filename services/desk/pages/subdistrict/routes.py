"""`/subdistrict`: open whistles with who has come, whistles to appraise, the area's cases with a whistle at hand."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast, get_args

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.contracts.events.progress import Card
from services.desk.domain.cards import worst_card
from services.desk.domain.whistles import WhistleFilter, WhistleShown
from services.desk.domain.work_left import Deadline, WorkLeft, work_left
from services.desk.pages.acting.offering import STREET
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.area import AreaCase, Which, area_cases
from services.desk.queries.whistles import whistles_of

WHISTLES_MAX: Final = 50
CLOSED_MAX: Final = 10
MOVING: Final = ("open_whistles", "closed_whistles", "area", "calls_left")


@dataclass(frozen=True, slots=True)
class SubdistrictPages:
    """The street's desk."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        self.parts.door.get(app, "/subdistrict", self.show)
        self.parts.door.get(app, "/subdistrict/rows", self.rows, quiet=True)

    async def show(self, visit: Visit) -> Response:
        """Show everything of the visitor's subdistrict."""
        given = await self._given(visit)
        ground = [f"/ground.json?v={self.parts.names.latest().number}&within={unit}" for unit in given["units"]]
        return self.parts.page(visit, "subdistrict/subdistrict.html", ground="".join(ground[:1]), **given)

    async def rows(self, visit: Visit) -> Response:
        """Answer what moves, or 304 when nothing has."""
        given = await self._given(visit)
        known = [*(given[name] for name in MOVING), visit.view.language]
        etag = '"' + sha256(repr(known).encode()).hexdigest()[:24] + '"'
        if visit.request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        answer = self.parts.page(visit, "subdistrict/rows.html", **given)
        answer.headers["ETag"] = etag
        return answer

    async def _given(self, visit: Visit) -> dict[str, Any]:
        if not visit.visitor.is_one_of(*STREET):
            raise Problem("not-yours-to-do", "Not yours to do", 403, "This desk belongs to subdistricts.")
        which = visit.asked("which")
        chosen = cast("Which", which if which in get_args(Which) else "all")
        units = [unit for unit in visit.visitor.units if self.parts.names.kind_of(unit) == "subdistrict"]
        async with self.parts.desk.reading(visit.session, "whistles") as asking:
            opened = await whistles_of(asking, WhistleFilter(open=True), None, WHISTLES_MAX)
            closed = await whistles_of(asking, WhistleFilter(open=False), None, CLOSED_MAX)
            area = await area_cases(asking, units, chosen)
        own = [whistle for whistle in opened.whistles if whistle.subdistrict in units]
        return {
            "open_whistles": own,
            "closed_whistles": [whistle for whistle in closed.whistles if whistle.subdistrict in units],
            "area": [(case, await self._card(case), await self._left(case, area.at)) for case in area.cases],
            "calls_left": {
                (whistle.case_id, whistle.number): await self._calls_left(whistle, area.at) for whistle in own
            },
            "which": chosen,
            "whichs": get_args(Which),
            "at": area.at,
            "units": units,
        }

    async def _left(self, case: AreaCase, at: datetime) -> WorkLeft | None:
        promise = next((clock for clock in case.running if (clock.kind, clock.unit) == ("promise", "")), None)
        if promise is None:
            return None
        return work_left(promise, (await self.parts.desk.versions.of(promise.calendar)).calendar, at)

    async def _calls_left(self, whistle: WhistleShown, at: datetime) -> dict[str, WorkLeft]:
        # A call has no clock here: its kind says what limit it has, and so whether nights count.
        latest = self.parts.names.latest()
        limit = latest.policies.whistle.report_in.get(whistle.kind, "")
        calendar = (await self.parts.desk.versions.of(latest.number)).calendar
        waiting = (call for call in whistle.calls if call.state == "called")
        known = {call.unit: work_left(Deadline(limit, call.due_at), calendar, at) for call in waiting}
        return {unit: left for unit, left in known.items() if left is not None}

    async def _card(self, case: AreaCase) -> Card | None:
        city = await self.parts.desk.versions.of(case.reference_version)
        return worst_card((clock for clock in case.running if clock.unit == ""), city.policies)
