"""RFC 9457 problems: what went wrong, in words the caller can act on, never with what they sent."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Final

import msgspec
from starlette.types import Send

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/problems/"
"""Relative reference of the page that explains each type; each slug is one entry."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The correlation id of the request being answered; in every problem and every log line."""


class Problem(Exception):  # noqa: N818 -- RFC 9457's own word
    """Ends the request with a problem document.

    Args:
        slug: last part of the type, e.g. `report-too-long`; stable, callers compare it.
        title: short, the same for every occurrence.
        status: HTTP status.
        detail: this occurrence; must not repeat input.
        headers: e.g. `Retry-After`.
        extensions: further members, JSON values.
    """

    def __init__(
        self,
        slug: str,
        title: str,
        status: int,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: Any,
    ) -> None:
        super().__init__(title)
        self.slug = slug
        self.title = title
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extensions = extensions

    def document(self) -> dict[str, Any]:
        """Return the members of the document, in the order of the RFC."""
        members: dict[str, Any] = {"type": f"{TYPES}{self.slug}", "title": self.title, "status": self.status}
        if self.detail is not None:
            members["detail"] = self.detail
        members |= self.extensions
        if correlation := request_id.get():
            members["instance"] = f"urn:request:{correlation}"
        return members

    def body(self) -> bytes:
        return msgspec.json.encode(self.document())


def of_status(status: int, detail: str | None = None, headers: Mapping[str, str] | None = None) -> Problem:
    """Return the plain problem of a status that needs no explanation of its own."""
    title = HTTPStatus(status).phrase
    return Problem(title.lower().replace(" ", "-").replace("'", ""), title, status, detail, headers=headers)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the 422 that names each wrong field by path and reason, without its value."""
    return Problem("invalid", "The request has invalid fields", 422, errors=list(errors))


def unavailable(detail: str | None = None, retry_after_seconds: int = 5) -> Problem:
    """Return the 503 for an outage: the same request may succeed later."""
    return Problem(
        "unavailable",
        "Temporarily unavailable",
        503,
        detail or "Unknown whether it took effect; repeat it with the same Idempotency-Key.",
        headers={"Retry-After": str(retry_after_seconds)},
    )


async def send_problem(send: Send, problem: Problem | None = None, *, status: int = 500) -> None:
    """Answer with a problem from bare ASGI; call inside the edge, which adds the security headers."""
    problem = problem or of_status(status)
    body = problem.body()
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
