"""What every request must say: a token in its header, and queries that mean one thing.

Plain functions of the request: solving a tree of dependencies cost more than everything else the desk does.
"""

import re
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from fastapi import Request

from services.chassis.web.problems import invalid
from services.desk.handlers import no_such_case, nobody
from services.identity.tokens import MalformedTokenError, token_hash_in

T = TypeVar("T")

TOKEN_NAMES: Final = frozenset({"token", "access_token", "api_key", "apikey", "key", "authorization", "auth"})
"""Query parameters that people put tokens in. An address is logged and shared, so such a token counts for nothing."""
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def token_of(request: Request) -> bytes:
    """Return the hash of the bearer token.

    Raises:
        Problem: 401; the database decides later whether the token opens anything.
    """
    headers = request.headers.getlist("authorization")
    if len(headers) != 1 or any(name.lower() in TOKEN_NAMES for name in request.query_params):
        raise nobody()
    try:
        token_hash = token_hash_in(headers[0])
    except MalformedTokenError:
        raise nobody() from None
    if token_hash is None:
        raise nobody()
    return token_hash


def case_id_of(case_id: str) -> UUID:
    """Return the path's case id; what is no id names no case."""
    if _UUID.fullmatch(case_id) is None:
        raise no_such_case()
    return UUID(case_id)


def asked_in(request: Request, expected: type[T]) -> T:
    """Return the query as `expected`, a struct that forbids unknown fields.

    Raises:
        Problem: 422 for an unknown, repeated or impossible parameter; never names its value.
    """
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) != len(pairs):
        repeated = sorted({name for name, _ in pairs if len(request.query_params.getlist(name)) > 1})
        raise invalid([{"field": name[:64], "reason": "given more than once"} for name in repeated[:10]])
    try:
        return msgspec.convert(given, expected, strict=False)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        field = path.rstrip("`").lstrip(".") or "query"
        raise invalid([{"field": field, "reason": _without_value(reason)}]) from None


def _without_value(reason: str) -> str:
    """Cut the value that msgspec repeats; a parameter's name is the caller's own and may stay."""
    return "not one of the allowed values" if reason.startswith("Invalid") else reason[:200]
