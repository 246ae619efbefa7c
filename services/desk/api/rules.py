"""`/api/v1/rules…`: drafts and versions without a page: the same acts, the same rights, the same refusals."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import Problem, of_status
from services.desk.api.answering import NoQuery, body_told, json_answer, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.api.rules_told import draft_told, refused_sheets
from services.desk.domain.rules import (
    DraftKept,
    DraftListed,
    DraftShown,
    DraftWithdrawn,
    PublishAsked,
    ReplayAsked,
    ReplayBegun,
    RollbackAsked,
    RulesShown,
    SheetsUploaded,
    VersionListed,
    VersionPublished,
)
from services.desk.queries.asking import Asking
from services.desk.store.drafting import CONFIRM, FILE_BYTES_MAX, SEE, UPLOAD, Drafting, refusals_told
from services.reference.sheets.replacing import UploadRefusedError
from services.reference.versions.drafts import draft_content, open_drafts, published_versions
from services.reference.versions.rehearsals import rehearsal_of

NOTICE: Final = timedelta(seconds=10)


def rules_routes(app: FastAPI, desk: Desk, drafting: Drafting) -> None:
    """Add the routes to `app`."""
    _add_reading(app, desk, drafting)
    _add_drafts(app, desk, drafting)
    _add_publishing(app, desk, drafting)


def _add_reading(app: FastAPI, desk: Desk, drafting: Drafting) -> None:
    @app.get("/api/v1/rules", responses=told(RulesShown, 403))
    async def rules(request: Request) -> Response:
        """The version in force, the last versions, and the drafts that wait."""
        asked_in(request, NoQuery)
        async with desk.reading(token_of(request), "rules") as asking:
            _require(asking, *SEE)
            versions, drafts = await published_versions(asking.connection), await open_drafts(asking.connection)
        return json_answer(
            RulesShown(
                in_force=drafting.latest().number,
                versions=[VersionListed(**asdict(row)) for row in versions],
                drafts=[DraftListed(**asdict(row)) for row in drafts],
            )
        )

    @app.get("/api/v1/rules/drafts/{number}", responses=told(DraftShown, 403, 404))
    async def draft(request: Request, number: str) -> Response:
        """One draft beside the version in force: what lint finds, what differs, and the last replay."""
        token, known, _ = token_of(request), _number(number), asked_in(request, NoQuery)
        active = drafting.latest()
        async with desk.reading(token, "rules") as asking:
            _require(asking, *SEE)
            row = next((one for one in await open_drafts(asking.connection) if one.draft_id == known), None)
            content = None if row is None else await draft_content(asking.connection, known)
            rehearsal = await rehearsal_of(asking.connection, known, active.number)
        if row is None or content is None:
            raise of_status(404)
        with refusals_told():
            examined = await drafting.examining.of(known, active, content)
        return json_answer(draft_told(DraftListed(**asdict(row)), active.number, examined, rehearsal))


def _add_drafts(app: FastAPI, desk: Desk, drafting: Drafting) -> None:
    @app.post(
        "/api/v1/rules/drafts", responses=told(DraftKept, 403, 409, 413, 422), openapi_extra=body_told(SheetsUploaded)
    )
    async def upload(request: Request) -> Response:
        """Draft the version in force with these files in the place of its own; all that is wrong is told at once."""
        token, _ = await _may(desk, request, *UPLOAD), asked_in(request, NoQuery)
        asked = decode_strict(await request.body(), SheetsUploaded)
        if any(len(content) > FILE_BYTES_MAX for content in asked.files.values()):
            raise of_status(413)
        try:
            number = await drafting.upload(asked.files, asked.note, token)
        except UploadRefusedError as error:
            raise refused_sheets(error) from None
        return json_answer(DraftKept(draft_id=number))

    @app.delete("/api/v1/rules/drafts/{number}", responses=told(DraftWithdrawn, 403, 404, 409))
    async def withdraw(request: Request, number: str) -> Response:
        """Take an open draft back."""
        token, known = await _about(desk, request, number, *UPLOAD)
        await drafting.withdraw(known, token)
        return json_answer(DraftWithdrawn(draft_id=known))

    @app.post(
        "/api/v1/rules/drafts/{number}/replay",
        responses=told(ReplayBegun, 403, 404, 409, 422),
        openapi_extra=body_told(ReplayAsked),
    )
    async def replay(request: Request, number: str) -> Response:
        """Decide the latest cases again by the draft, in the background."""
        token, known = await _about(desk, request, number, *CONFIRM)
        asked = decode_strict(await request.body(), ReplayAsked)
        await drafting.replay(known, asked.cases, token)
        return json_answer(ReplayBegun(draft_id=known))


def _add_publishing(app: FastAPI, desk: Desk, drafting: Drafting) -> None:
    @app.post(
        "/api/v1/rules/drafts/{number}/publish",
        responses=told(VersionPublished, 403, 404, 409, 422),
        openapi_extra=body_told(PublishAsked),
    )
    async def publish(request: Request, number: str) -> Response:
        """Publish somebody else's draft; refused when another version came into force since it was looked at."""
        token, known = await _about(desk, request, number, *CONFIRM)
        asked = decode_strict(await request.body(), PublishAsked)
        begins = asked.begins or await desk.pool.fetchval("select clock.now()") + NOTICE
        published = await drafting.publish(known, asked.against, begins, token)
        return json_answer(
            VersionPublished(version=published.number, active_from=published.active_from, is_late=published.is_late)
        )

    @app.post(
        "/api/v1/rules/versions/{number}/rollback",
        responses=told(DraftKept, 403, 404, 409, 422),
        openapi_extra=body_told(RollbackAsked),
    )
    async def rollback(request: Request, number: str) -> Response:
        """Draft an earlier version again; the way back is another publication, by another person."""
        token, known = await _about(desk, request, number, *UPLOAD)
        asked = decode_strict(await request.body(), RollbackAsked)
        return json_answer(DraftKept(draft_id=await drafting.again(known, asked.note, token)))


async def _about(desk: Desk, request: Request, number: str, *roles: str) -> tuple[bytes, int]:
    """Return the token's hash and the draft or version that the path names."""
    token, known, _ = await _may(desk, request, *roles), _number(number), asked_in(request, NoQuery)
    return token, known


async def _may(desk: Desk, request: Request, *roles: str) -> bytes:
    """Return the token's hash if its person has one of the roles; the database's functions check again."""
    token = token_of(request)
    async with desk.reading(token, "rules") as asking:
        _require(asking, *roles)
    return token


def _require(asking: Asking, *roles: str) -> None:
    if set(roles).isdisjoint(asking.asker.roles):
        raise Problem("not-yours-to-do", "Not yours to do", 403, "Rules are seen by their owners and by the center.")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise of_status(404)
    return int(text)
