"""`POST …/acts`: a person's act on a case, one or up to a hundred."""

from typing import Annotated, Any, Final, cast
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import Response

from services.chassis.web.acts import IdempotencyKey, Revision, etag_of, parse_idempotency_key
from services.chassis.web.bodies import Body, decode_strict
from services.chassis.web.problems import Problem, invalid
from services.desk.api.answering import body_told, json_answer, told
from services.desk.api.asking import CaseId, Token
from services.desk.api.desk import Desk
from services.ledger.domain.acts import Act
from services.ledger.store.acting import ActAnswer, Asking

ACTS_MAX: Final = 100
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


def act_routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["acts"])

    @router.post(
        "/api/v1/cases/{case_id}/acts",
        responses=told(ActAnswer, 400, 403, 404, 409, 412, 413, 422, 428),
        openapi_extra=body_told("Act"),
    )
    async def act(
        request: Request, case_id: CaseId, token: Token, key: IdempotencyKey, revision: Revision, body: Body
    ) -> Response:
        """Do something to a case. What was owed before takes effect first, also when the act is then refused."""
        _refuse_query(request)
        asking = Asking(token_hash=token, case_id=case_id, act=decode_strict(body, _ACT), if_match=revision, key=key)
        answer = await desk.acts.one(asking)
        headers = {"ETag": etag_of(answer.revision)}
        if answer.replayed:
            headers["Idempotency-Replayed"] = "true"
        return json_answer(answer, headers)

    @router.post("/api/v1/acts:batch", responses=told(ActResults, 400, 413, 422), openapi_extra=body_told(ActLines))
    async def acts(request: Request, token: Token, body: Body) -> Response:
        """Up to 100 acts, each with its own key and revision; each succeeds or fails for itself."""
        _refuse_query(request)
        lines = decode_strict(body, ActLines).acts
        results = await desk.acts.many([_asking(index, line, token) for index, line in enumerate(lines)])
        return json_answer(ActResults(tuple(_result(result) for result in results)))

    return router


def _refuse_query(request: Request) -> None:
    if request.query_params:
        raise invalid([{"field": "query", "reason": "an act takes no parameters"}])


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
