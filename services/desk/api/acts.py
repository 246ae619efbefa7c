"""`POST …/acts`: a person's act on a case, one or up to a hundred."""

from typing import Annotated, Any, Final, cast
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.acts import etag_of, parse_idempotency_key, parse_revision
from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import Problem, invalid
from services.desk.api.answering import NoQuery, body_told, header_told, json_answer, told
from services.desk.api.asking import asked_in, case_id_of, token_of
from services.desk.api.desk import Desk
from services.ledger.domain.acts import Act
from services.ledger.store.acting import ActAnswer, Asking

ACTS_MAX: Final = 100
HEADERS: Final = (
    header_told("If-Match", "The revision you saw, as the ETag says it."),
    header_told("Idempotency-Key", "Unique for each act; the same when repeating it."),
)
_ACT: Final = cast("type[Any]", Act)  # a union of tagged structs, which msgspec takes where a type is asked for


class ActLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One act of a bulk call, with what a single one has in its address and headers."""

    case_id: UUID
    revision: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
    key: str
    act: Act


class ActLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    acts: Annotated[tuple[ActLine, ...], msgspec.Meta(min_length=1, max_length=ACTS_MAX)]


class ActResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one line: `answer` for 200, else `problem`."""

    status: int
    answer: ActAnswer | None = None
    problem: dict[str, Any] | None = None


class ActResults(msgspec.Struct, frozen=True):
    """One result per line, in the order of the lines."""

    results: tuple[ActResult, ...]


def act_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.post(
        "/api/v1/cases/{case_id}/acts",
        responses=told(ActAnswer, 400, 403, 404, 409, 412, 413, 422, 428),
        openapi_extra=body_told("Act") | {"parameters": [*HEADERS]},
    )
    async def act(request: Request, case_id: str) -> Response:
        """Do something to a case. What was owed before takes effect first, also when the act is then refused."""
        answer = await desk.acts.one(await _asked(request, case_id))
        headers = {"ETag": etag_of(answer.revision)}
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
        return json_answer(answer, headers)

    @app.post("/api/v1/acts:batch", responses=told(ActResults, 400, 413, 422), openapi_extra=body_told(ActLines))
    async def acts(request: Request) -> Response:
        """Up to 100 acts, each with its own key and revision; each succeeds or fails for itself."""
        token, _ = token_of(request), asked_in(request, NoQuery)
        lines = decode_strict(await request.body(), ActLines).acts
        results = await desk.acts.many([_asking(index, line, token) for index, line in enumerate(lines)])
        return json_answer(ActResults(tuple(_result(result) for result in results)))


async def _asked(request: Request, case_id: str) -> Asking:
    """Return the act as asked; who asks is judged first, then where, then how."""
    token, known, _ = token_of(request), case_id_of(case_id), asked_in(request, NoQuery)
    return Asking(
        token_hash=token,
        case_id=known,
        key=parse_idempotency_key(request.headers.getlist("idempotency-key")),
        if_match=parse_revision(request.headers.getlist("if-match")),
        act=decode_strict(await request.body(), _ACT),
    )


def _asking(index: int, line: ActLine, token: bytes) -> Asking:
    try:
        key = parse_idempotency_key([line.key])
    except Problem as problem:
        raise invalid([{"field": f"acts[{index}].key", "reason": problem.detail or problem.title}]) from None
    return Asking(token_hash=token, case_id=line.case_id, act=line.act, if_match=line.revision, key=key)


def _result(result: ActAnswer | Problem) -> ActResult:
    if isinstance(result, Problem):
        return ActResult(status=result.status, problem=result.document())
    return ActResult(status=200, answer=result)
