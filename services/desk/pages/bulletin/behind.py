"""`/bulletin/…/cases`: the cases behind a number, of a month's bulletin, a week's points or a half-year's grades."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import of_status
from services.desk.pages.bulletin.grading import MONTH, allowed, period_in
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit
from services.desk.queries.asking import Asking
from services.desk.queries.bulletins import bulletin_of, visible
from services.desk.queries.gradings import behind_of, grading_of

CASES_A_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class CasesPages:
    """What every number opens."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the page."""
        self.parts.door.get(app, "/bulletin/{period}/cases", self.cases)

    async def cases(self, visit: Visit) -> Response:
        """List the cases behind a figure; those the person may not open are counted and nothing else."""
        period, name = period_in(visit), visit.asked("list")
        page = int(visit.asked("page")) if visit.asked("page").isdecimal() else 0
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            behind = await _behind(asking, visit, period, name)
            some = behind[page * CASES_A_PAGE : (page + 1) * CASES_A_PAGE]
            mine = await visible(asking, [case_id for _, case_id in some])
        if not behind:
            raise of_status(404)
        return self.parts.page(
            visit,
            "bulletin/cases.html",
            period=period,
            back=f"/bulletin/{period}" if MONTH.fullmatch(period) else f"/bulletin/{period}/points",
            name=name,
            rows=[(number, case_id) for number, case_id in some if case_id in mine],
            hidden=sum(case_id not in mine for _, case_id in some),
            total=len(behind),
            page=page,
            more=(page + 1) * CASES_A_PAGE < len(behind),
        )


async def _behind(asking: Asking, visit: Visit, period: str, name: str) -> Sequence[tuple[str, UUID]]:
    if MONTH.fullmatch(period):
        return allowed(await bulletin_of(asking, period), visit).cases_of(name)
    shown = allowed(await grading_of(asking, period), visit)
    return (await behind_of(asking, period, shown.kind)).cases_of(name)
