"""`/bulletin`: a month's figures, each with its cases; as a page to print, as a workbook, as canonical JSON."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import of_status
from services.desk.pages.bulletin.grading import GRADES, PUBLISH, SEE_DRAFTS, allowed
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.bulletins import (
    bulletin_of,
    drafted_grades,
    files_of,
    months,
    publish,
)
from services.desk.queries.gradings import gradings
from services.desk.queries.outcomes import items_of, outcomes_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PERIOD: Final = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class BulletinPages:
    """The bulletin."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/bulletin", self.latest)
        door.get(app, "/bulletin/{period}.xlsx", self.workbook)
        door.get(app, "/bulletin/{period}.json", self.canonical)
        door.get(app, "/bulletin/{period}", self.show)
        door.post(app, "/bulletin/{period}/publish", self.publish)

    async def latest(self, visit: Visit) -> Response:
        """Show the last month there is."""
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            known = await months(asking)
            beside = await gradings(asking, drafts=visit.visitor.is_one_of(*SEE_DRAFTS))
        mine = [month for month in known if month.published_at or visit.visitor.is_one_of(*SEE_DRAFTS)]
        if mine:
            return to(f"/bulletin/{mine[0].period}")
        return self.parts.page(visit, "bulletin/none.html", months=mine, beside=beside)

    async def show(self, visit: Visit) -> Response:
        """Show a month."""
        period, drafts = _period(visit), visit.visitor.is_one_of(*SEE_DRAFTS)
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            shown = allowed(await bulletin_of(asking, period), visit)
            known = await months(asking)
            graded = await drafted_grades(asking, period)
            beside = await gradings(asking, drafts=drafts)
            outcomes = await outcomes_of(asking, period)
        return self.parts.page(
            visit,
            "bulletin/bulletin.html",
            shown=shown,
            told=shown.told,
            months=[month for month in known if month.published_at or drafts],
            beside=beside,
            outcomes=outcomes,
            items=items_of(shown.told, published=shown.published_at is not None),
            may_publish=shown.may_be_published and visit.visitor.is_one_of(*PUBLISH),
            graded=graded if drafts else None,
            may_grade=graded is not None and graded.over and visit.visitor.is_one_of(*PUBLISH),
            may_correct=visit.visitor.is_one_of(*PUBLISH),
            grades=GRADES,
            may_inspect=visit.visitor.is_one_of(*SEE_DRAFTS),
        )

    async def workbook(self, visit: Visit) -> Response:
        """Give the workbook as it was compiled."""
        return await self._file(visit, "workbook", XLSX, "xlsx")

    async def canonical(self, visit: Visit) -> Response:
        """Give the canonical JSON: whoever compiles it again from the events gets the same bytes."""
        return await self._file(visit, "body", "application/json", "json")

    async def publish(self, visit: Visit) -> Response:
        """Publish what the leader has seen."""
        period, seen = _period(visit), _seen(visit)
        async with self.parts.desk.pool.acquire() as connection:
            await publish(connection, period, seen, visit.session)
        return to(f"/bulletin/{period}")

    async def _file(self, visit: Visit, column: str, media_type: str, ending: str) -> Response:
        period = _period(visit)
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            row = await files_of(asking, period)
        if row is None or not (row["published_at"] or visit.visitor.is_one_of(*SEE_DRAFTS)):
            raise of_status(404)
        told = {
            "Content-Disposition": f'attachment; filename="bulletin-{period}.{ending}"',
            "Cache-Control": "no-store",
        }
        return Response(row[column], headers=told, media_type=media_type)


def _period(visit: Visit) -> str:
    period = str(visit.request.path_params["period"])
    if _PERIOD.fullmatch(period) is None:
        raise of_status(404)
    return period


def _seen(visit: Visit) -> bytes:
    """Return the digest of what the person saw. Raises Problem 422."""
    seen = visit.form.text("seen")
    if re.fullmatch(r"[0-9a-f]{64}", seen) is None:
        raise of_status(422)
    return bytes.fromhex(seen)
