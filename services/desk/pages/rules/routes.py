"""`/rules`: versions and drafts, what is wrong with a draft, what it changes, what it would have done; sheets."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem, of_status
from services.desk.pages.acting.offering import limit_said
from services.desk.pages.parts import PageParts
from services.desk.pages.rules.precedents import PrecedentPages, proposals_shown
from services.desk.pages.rules.publishing import PublishingPages
from services.desk.pages.rules.reasons import reason_said
from services.desk.pages.rules.uploading import UploadingPages
from services.desk.pages.rules.view import FINDINGS_MAX, DraftShown, draft_shown, rules_shown
from services.desk.pages.visit import Visit
from services.desk.store.drafting import CONFIRM, SEE, UPLOAD
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.folders import Form, sheet_of
from services.reference.sheets.kinds import SHEETS
from services.reference.versions.drafts import draft_content, refused_sheet, version_content

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMS: Final[Mapping[str, Form]] = {"csv": "csv", "xlsx": "xlsx"}
REFRESH_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class RulesPages:
    """The rule owner's page."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/rules", self.show)
        door.get(app, "/rules/refused/{name}.xlsx", self.refused)
        door.get(app, "/rules/{kind}/{number}/{sheet}.{form}", self.sheet)
        UploadingPages(self.parts).add_to(app)
        PublishingPages(self.parts).add_to(app)
        PrecedentPages(self.parts).add_to(app)

    async def show(self, visit: Visit) -> Response:
        """Show the version in force beside the drafts; of one draft, everything."""
        _require_sight(visit)
        shown = await rules_shown(self.parts, visit)
        asked = visit.asked("draft")
        chosen = next((draft for draft in shown.drafts if str(draft.draft_id) == asked), None)
        if chosen is None and not asked and shown.drafts:
            chosen = shown.drafts[0]
        draft = await draft_shown(self.parts, visit, chosen) if chosen else None
        visitor, words = visit.visitor, self.parts.door.renderer.words
        return self.parts.page(
            visit,
            "rules/rules.html",
            shown=shown,
            draft=draft,
            proposals=await proposals_shown(self.parts, visit),
            gone=bool(asked) and chosen is None,
            sheets=list(SHEETS),
            findings_max=FINDINGS_MAX,
            may_upload=visitor.is_one_of(*UPLOAD),
            may_confirm=visitor.is_one_of(*CONFIRM),
            reason=lambda text: reason_said(text, visit.view.language),
            limit=lambda text: limit_said(text, partial(words.say, visit.view.language)),
            zone=str(self.parts.door.renderer.zone),
            done=visit.asked("done"),
            refresh=_loads_again(visit, draft) if draft and draft.rehearsal and draft.rehearsal.running else "",
        )

    async def sheet(self, visit: Visit) -> Response:
        """Give one sheet of a version or a draft, as a workbook with drop-downs or as CSV."""
        _require_sight(visit)
        named = visit.request.path_params
        form, sheet, number = named["form"], named["sheet"], named["number"]
        if sheet not in SHEETS or form not in MEDIA_TYPES or not (number.isdecimal() and len(number) < 10):
            raise of_status(404)
        version = await self._version(visit, named["kind"], int(number))
        if version is None:
            raise of_status(404)
        written = await asyncio.to_thread(sheet_of, version, sheet, FORMS[form])
        return _download(f"{sheet}.{form}", form, written)

    async def refused(self, visit: Visit) -> Response:
        """Give a sheet of one's own refused upload, with what is wrong in its last column."""
        _require_sight(visit)
        name = visit.request.path_params["name"]
        async with self.parts.desk.reading(visit.session, "rules") as asking:
            workbook = await refused_sheet(asking.connection, visit.visitor.person_id, name)
        if workbook is None:
            raise of_status(404)
        return _download(f"{name}.xlsx", "xlsx", workbook)

    async def _version(self, visit: Visit, kind: str, number: int) -> ReferenceVersion | None:
        async with self.parts.desk.reading(visit.session, "rules") as asking:
            if kind == "drafts":
                return await draft_content(asking.connection, number)
            return await version_content(asking.connection, number) if kind == "versions" else None


def _loads_again(visit: Visit, draft: DraftShown) -> str:
    """Return when and where the page goes on to see how far the replay is.

    Never to its own address: at a fragment, where the replay's form leads, that would be a place on the same page.
    """
    turn = 0 if visit.asked("turn") == "1" else 1
    return f"{REFRESH_SECONDS}; url=/rules?draft={draft.draft.draft_id}&turn={turn}#replay"


def _require_sight(visit: Visit) -> None:
    if not visit.visitor.is_one_of(*SEE):
        raise Problem("not-yours-to-do", "Not yours to do", 403, "Rules are seen by their owners and by the center.")


def _download(name: str, form: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=MEDIA_TYPES[form])
