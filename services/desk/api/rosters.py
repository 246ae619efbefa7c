"""`/api/v1/rosters`: who is on duty where; a whistle calls them (S1-07)."""

from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import Problem, invalid, of_status
from services.desk.api.answering import NoQuery, body_told, json_answer, query_told, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk
from services.desk.domain.rosters import Roster, RosterAsked, ShiftEntered, ShiftKept
from services.desk.handlers import nobody
from services.desk.queries.asking import Asking, NobodyAsksError
from services.desk.queries.rosters import end, enter, roster_of, version_in_force
from services.ledger.domain.city import City

WRONG: Final = {
    "not_yours": Problem("not-yours-to-do", "Not yours to do", 403, "A roster is kept by the unit's own heads."),
    "not_theirs": Problem("not-of-the-unit", "Not of the unit", 409, "This person has no role in the unit now."),
    "too_many": Problem("roster-full", "The roster is full", 409, "A unit has at most 500 shifts ahead."),
    "no_such": of_status(404),
}


def roster_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/rosters", responses=told(Roster, 422), openapi_extra=query_told(RosterAsked))
    async def roster(request: Request) -> Response:
        """A unit's shifts from now on; ids of persons, never their numbers."""
        token, asked = token_of(request), asked_in(request, RosterAsked)
        async with desk.reading(token, "roster") as asking:
            return json_answer(await roster_of(asking.connection, token, asked.unit))

    @app.post("/api/v1/rosters", responses=told(ShiftKept, 403, 409, 413, 422), openapi_extra=body_told(ShiftEntered))
    async def enter_shift(request: Request) -> Response:
        """Put somebody on duty. Entering the same shift again changes nothing."""
        token, _ = token_of(request), asked_in(request, NoQuery)
        entered = decode_strict(await request.body(), ShiftEntered)
        if not entered.begins_at < entered.ends_at:
            raise invalid([{"field": "ends_at", "reason": "a shift ends after it begins"}])
        keepers = await _keepers(desk, token, entered.unit)
        try:
            async with desk.pool.acquire() as connection:
                shift_id, wrong = await enter(connection, token, entered, keepers)
        except NobodyAsksError:
            raise nobody() from None
        refuse_shift(wrong)
        return json_answer(ShiftKept(shift_id=shift_id))

    @app.delete("/api/v1/rosters/{unit}/{shift_id}", responses=told(ShiftKept, 403, 404))
    async def end_shift(request: Request, unit: str, shift_id: str) -> Response:
        """End a shift now."""
        token, known, _ = token_of(request), case_id_of(shift_id), asked_in(request, NoQuery)
        keepers = await _keepers(desk, token, unit)
        try:
            async with desk.pool.acquire() as connection:
                wrong = await end(connection, token, unit, known, keepers)
        except NobodyAsksError:
            raise nobody() from None
        refuse_shift(wrong)
        return json_answer(ShiftKept(shift_id=known))


def refuse_shift(wrong: str | None) -> None:
    """Raise the Problem for what the ledger finds wrong with a shift."""
    if wrong is not None:
        raise WRONG[wrong]


async def _keepers(desk: Desk, token: bytes, unit: str) -> set[str]:
    """Return the units whose heads keep this unit's roster: itself, those above it, and the street it serves."""
    async with desk.reading(token, "roster") as asking:
        city = await _city(desk, asking)
    organisation = city.organisation
    known = None if organisation is None else organisation.units.get(unit)
    if organisation is None or known is None:
        return {unit}
    serves = {known.serves} if known.serves is not None else set()
    return {*organisation.path(unit), *serves}


async def _city(desk: Desk, asking: Asking) -> City:
    return await desk.versions.of(await version_in_force(asking.connection))
