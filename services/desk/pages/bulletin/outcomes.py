"""`/bulletin/…/outcomes`: what came of interviews, and what was done about what a bulletin names."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import invalid, of_status
from services.desk.pages.bulletin.grading import SEE_DRAFTS
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Form, Visit
from services.desk.queries.bulletins import BulletinShown, bulletin_of
from services.desk.queries.outcomes import Item, Outcome, items_of, outcomes_of, record

WHAT_MIN: Final = 2
WHAT_MAX: Final = 2_000
PRESENT_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class OutcomePages:
    """Outcomes: shown to whoever may read the bulletin, recorded by the center, inspectors and the unit itself."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        self.parts.door.get(app, "/bulletin/{period}/outcomes", self.show)
        self.parts.door.post(app, "/bulletin/{period}/outcomes", self.record)

    async def show(self, visit: Visit) -> Response:
        """Show every entry of a month, or one item's with the form for the next."""
        period, name = str(visit.request.path_params["period"]), visit.asked("item")
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            shown = _readable(await bulletin_of(asking, period), visit)
            outcomes = await outcomes_of(asking, period)
        items = items_of(shown.told, published=shown.published_at is not None)
        item = items.get(name)
        if name and item is None and name not in outcomes:
            raise of_status(404)
        return self.parts.page(
            visit,
            "bulletin/outcomes.html",
            period=period,
            chosen=item,
            outcomes=[one for key, some in outcomes.items() for one in some if name in {"", key}],
            may_record=item is not None and _records(visit, item),
        )

    async def record(self, visit: Visit) -> Response:
        """Enter what came of an item."""
        period, name = str(visit.request.path_params["period"]), visit.form.text("item")
        async with self.parts.desk.reading(visit.session, "bulletin") as asking:
            shown = _readable(await bulletin_of(asking, period), visit)
        item = items_of(shown.told, published=shown.published_at is not None).get(name)
        if item is None:
            raise of_status(404)
        today = visit.view.now.astimezone(self.parts.door.renderer.zone).date()
        outcome = _outcome(visit.form, today, interview=item.kind == "interview")
        async with self.parts.desk.pool.acquire() as connection:
            await record(connection, period, item, outcome, visit.session)
        return to(f"/bulletin/{period}/outcomes?item={name}")


def _outcome(form: Form, today: date, *, interview: bool) -> Outcome:
    """Return what the form says. Raises Problem 422 with the fields that are missing."""
    held_on, until_on, what = _day(form, "held_on"), _day(form, "until_on"), form.text("what")
    present = form.text("present")[:PRESENT_MAX]
    missing = [
        name
        for name, wrong in (
            ("what", not WHAT_MIN <= len(what) <= WHAT_MAX),
            ("until_on", bool(form.text("until_on")) and until_on is None),
            ("held_on", interview and (held_on is None or held_on > today)),
            ("present", interview and not present),
        )
        if wrong
    ]
    if missing:
        raise invalid([{"field": name, "reason": "needed"} for name in missing])
    if not interview:
        return Outcome(what=what, until_on=until_on)
    return Outcome(held_on=held_on, present=present, what=what, until_on=until_on)


def _day(form: Form, name: str) -> date | None:
    try:
        return date.fromisoformat(form.text(name))
    except ValueError:
        return None


def _records(visit: Visit, item: Item) -> bool:
    return visit.visitor.is_one_of(*SEE_DRAFTS) or (item.kind != "interview" and item.unit in visit.visitor.units)


def _readable(shown: BulletinShown | None, visit: Visit) -> BulletinShown:
    if shown is None or not (shown.published_at or visit.visitor.is_one_of(*SEE_DRAFTS)):
        raise of_status(404)
    return shown
