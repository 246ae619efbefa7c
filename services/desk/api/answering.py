"""How the desk answers: JSON that nobody stores, described for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.responses import Response

NO_STORE: Final = {"Cache-Control": "no-store"}
PROBLEM: Final = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ENCODER: Final = msgspec.json.Encoder()


def json_answer(value: object, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """Answer with `value` as JSON."""
    return Response(_ENCODER.encode(value), status, {**NO_STORE, **(headers or {})}, "application/json")


def told(answer: type, *problems: int) -> dict[int | str, dict[str, Any]]:
    """Describe a route's answers: the good one by its type, and the statuses of its problems."""
    good = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}}
    answers: dict[int | str, dict[str, Any]] = {200: {"description": _first_line(answer), "content": good}}
    for status in (401, *problems, 503):
        answers[status] = {"description": MEANINGS[status], "content": PROBLEM}
    return answers


def body_told(body: type | str) -> dict[str, Any]:
    """Describe a route's request body."""
    name = body if isinstance(body, str) else body.__name__
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A route that takes no parameters in its query."""


def query_told(query: type) -> dict[str, Any]:
    """Describe a route's query parameters."""
    _, components = msgspec.json.schema_components([query], ref_template="#/components/schemas/{name}")
    schema = components[query.__name__]
    required = schema.get("required", ())
    named = [
        {"name": name, "in": "query", "required": name in required, "schema": told}
        for name, told in schema["properties"].items()
    ]
    return {"parameters": named}


def header_told(name: str, description: str) -> dict[str, Any]:
    """Describe a header that must be there."""
    return {"name": name, "in": "header", "required": True, "description": description, "schema": {"type": "string"}}


MEANINGS: Final = {
    400: "A header, the cursor or the JSON cannot be read.",
    401: "No token, or one that opens nothing.",
    403: "Not yours to do.",
    404: "No such case, or none of yours: the same answer for both.",
    409: "The case's state, or the act itself, does not allow it.",
    412: "The case has changed meanwhile.",
    413: "The body is too large.",
    422: "A field is invalid, or the key was used for another act.",
    428: "`If-Match` is missing.",
    503: "Temporarily unavailable; repeat an act with the same key.",
}


def _first_line(answer: type) -> str:
    return (answer.__doc__ or answer.__name__).strip().splitlines()[0]
