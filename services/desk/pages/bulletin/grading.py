"""Grades and points: a month's on its own page, those of half-years and weeks on `/bulletin/…/points`."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import invalid, of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.bulletins import correct_grade, months, publish_grades
from services.desk.queries.gradings import grading_of, gradings

SEE_DRAFTS: Final = ("center_leader", "center_operator", "inspector")
PUBLISH: Final = ("center_leader",)
GRADES: Final = ("advanced", "ordinary", "backward")
HALF_YEAR_GRADES: Final = ("good", "fair", "poor")
REASON_MIN: Final = 2
REASON_MAX: Final = 500
_POINTS: Final = re.compile(r"-?\d{1,6}")
_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_BESIDE: Final = re.compile(r"\d{4}-(W\d{2}|H[12])")


@dataclass(frozen=True, slots=True)
class GradingPages:
    """Grades and points: shown, published, corrected."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/bulletin/{period}/points", self.show)
        door.post(app, "/bulletin/{period}/grades/publish", self.publish)
        door.post(app, "/bulletin/{period}/grades", self.correct)

    async def show(self, visit: Visit) -> Response:
        """Show a week's points or a half-year's grades; a draft belongs to the command center and the inspectors."""
        period = _period(visit)
        if _MONTH.fullmatch(period):
            return to(_back(period))
        drafts, leads = visit.visitor.is_one_of(*SEE_DRAFTS), visit.visitor.is_one_of(*PUBLISH)
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            shown = await grading_of(asking, period)
            beside = await gradings(asking, drafts=drafts)
            bulletins = [month for month in await months(asking) if month.published_at or drafts]
        if shown is None or not (shown.published_at or drafts):
            raise of_status(404)
        return self.parts.page(
            visit,
            "bulletin/points.html",
            period=period,
            shown=shown,
            beside=beside,
            months=bulletins,
            may_publish=leads and shown.may_be_published,
            may_correct=leads and shown.published_at is not None,
            grades=HALF_YEAR_GRADES if "H" in period else (),
        )

    async def publish(self, visit: Visit) -> Response:
        """Publish the grades or points that the leader has seen."""
        period, seen = _period(visit), visit.form.text("seen")
        if re.fullmatch(r"[0-9a-f]{64}", seen) is None:
            raise of_status(422)
        async with self.parts.desk.pool.acquire() as connection:
            await publish_grades(connection, period, bytes.fromhex(seen), visit.session)
        return to(_back(period))

    async def correct(self, visit: Visit) -> Response:
        """Correct a unit's published grade or points, with the reason."""
        period, form = _period(visit), visit.form
        grade, reason = form.text("grade"), form.text("reason")[:REASON_MAX]
        readable = _is_given(period, grade)
        if not readable or len(reason) < REASON_MIN:
            raise invalid([{"field": "reason" if readable else "grade", "reason": "needed"}])
        async with self.parts.desk.pool.acquire() as connection:
            await correct_grade(connection, period, form.text("unit")[:100], grade, reason, visit.session)
        return to(_back(period))


def _is_given(period: str, grade: str) -> bool:
    if "W" in period:
        return _POINTS.fullmatch(grade) is not None
    return grade in (HALF_YEAR_GRADES if "H" in period else GRADES)


def _period(visit: Visit) -> str:
    period = str(visit.request.path_params["period"])
    if _MONTH.fullmatch(period) is None and _BESIDE.fullmatch(period) is None:
        raise of_status(404)
    return period


def _back(period: str) -> str:
    return f"/bulletin/{period}#grades" if _MONTH.fullmatch(period) else f"/bulletin/{period}/points"
