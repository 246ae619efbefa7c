"""Grades and points: a month's on its own page, those of half-years and weeks on `/bulletin/…/points`."""

import re
from dataclasses import dataclass
from typing import Final, TypeVar

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import invalid, of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.bulletins import BulletinShown, Correction, Kind, correct_grade, months, publish_grades
from services.desk.queries.gradings import GradingShown, behind_of, grading_of, gradings, published_kind

S = TypeVar("S", BulletinShown, GradingShown)

SEE_DRAFTS: Final = ("center_leader", "center_operator", "inspector")
PUBLISH: Final = ("center_leader",)
GRADES: Final = ("advanced", "ordinary", "backward")
HALF_YEAR_GRADES: Final = ("good", "fair", "poor")
REASON_MIN: Final = 2
REASON_MAX: Final = 500
_POINTS: Final = re.compile(r"-?\d{1,6}")
MONTH: Final = re.compile(r"\d{4}-\d{2}")
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
        period = period_in(visit)
        if MONTH.fullmatch(period):
            return to(_back(period))
        drafts, leads = visit.visitor.is_one_of(*SEE_DRAFTS), visit.visitor.is_one_of(*PUBLISH)
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            shown = allowed(await grading_of(asking, period), visit)
            behind = await behind_of(asking, period, shown.kind)
            beside = await gradings(asking, drafts=drafts)
            bulletins = [month for month in await months(asking) if month.published_at or drafts]
        return self.parts.page(
            visit,
            "bulletin/points.html",
            period=period,
            shown=shown,
            beside=beside,
            months=bulletins,
            may_publish=leads and shown.may_be_published,
            may_correct=leads and shown.published_at is not None,
            grades=HALF_YEAR_GRADES if shown.kind == "half_year" else (),
            behind=behind.lists,
        )

    async def publish(self, visit: Visit) -> Response:
        """Publish the grades or points that the leader has seen."""
        period, seen = period_in(visit), visit.form.text("seen")
        if re.fullmatch(r"[0-9a-f]{64}", seen) is None:
            raise of_status(422)
        async with self.parts.desk.pool.acquire() as connection:
            await publish_grades(connection, period, bytes.fromhex(seen), visit.session)
        return to(_back(period))

    async def correct(self, visit: Visit) -> Response:
        """Correct a unit's published grade or points, with the reason."""
        period, form = period_in(visit), visit.form
        grade, reason = form.text("grade"), form.text("reason")[:REASON_MAX]
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            kind = await published_kind(asking, period)
        if kind is None:
            raise of_status(404)
        readable = _is_given(kind, grade)
        if not readable or len(reason) < REASON_MIN:
            raise invalid([{"field": "reason" if readable else "grade", "reason": "needed"}])
        entry = Correction(period, kind, form.text("unit")[:100], grade, reason)
        async with self.parts.desk.pool.acquire() as connection:
            await correct_grade(connection, entry, visit.session)
        return to(_back(period))


def _is_given(kind: Kind, grade: str) -> bool:
    if kind == "week":
        return _POINTS.fullmatch(grade) is not None
    return grade in (HALF_YEAR_GRADES if kind == "half_year" else GRADES)


def allowed(shown: S | None, visit: Visit) -> S:
    """Return what was published; a draft belongs to the command center and the inspectors. Raises Problem 404."""
    if shown is None or not (shown.published_at or visit.visitor.is_one_of(*SEE_DRAFTS)):
        raise of_status(404)
    return shown


def period_in(visit: Visit) -> str:
    """Return the period that the address names. Raises Problem 404."""
    period = str(visit.request.path_params["period"])
    if MONTH.fullmatch(period) is None and _BESIDE.fullmatch(period) is None:
        raise of_status(404)
    return period


def _back(period: str) -> str:
    return f"/bulletin/{period}#grades" if MONTH.fullmatch(period) else f"/bulletin/{period}/points"
