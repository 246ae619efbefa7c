"""Reading requests: the whole body at once, a body line by line, a form out of bytes, the idempotency key."""

import hashlib
from collections.abc import AsyncIterator
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.types import Scope

from services.chassis.web.acts import parse_idempotency_key
from services.chassis.web.bodies import decode_strict
from services.chassis.web.problems import Problem
from services.intake.domain.form import BatchLine, FollowUpForm, PhoneTail, ReportForm
from services.intake.domain.sensors import Reading
from services.intake.ports import Claim

T = TypeVar("T")

LINE_BYTES_MAX: Final = 64 * 1024
LINES_MAX: Final = 10_000

_DECODERS: Final[dict[type, msgspec.json.Decoder[object]]] = {
    form: msgspec.json.Decoder(form) for form in (ReportForm, BatchLine, FollowUpForm, PhoneTail, Reading)
}


async def body_of(request: Request) -> bytes:
    """Return the body; the edge has limited it."""
    message = await request.receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        return body
    parts = []
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
        message = await request.receive()
    raise ClientDisconnect


async def lines_of(request: Request) -> AsyncIterator[bytes]:
    """Give the body's lines as they come, without empty ones.

    Raises:
        Problem: 413; more than 10,000 lines, or a longer one than a report can be.
    """
    rest, count = b"", 0
    async for part in request.stream():
        *lines, rest = (rest + part).split(b"\n")
        if max(map(len, (*lines, rest))) > LINE_BYTES_MAX:
            raise Problem("line-too-long", "A line is too long", 413, f"At most {LINE_BYTES_MAX} bytes a line.")
        for line in filter(bytes.strip, lines):
            count = _counted(count)
            yield line
    if rest.strip():
        _counted(count)
        yield rest


def form_in(body: bytes, form: type[T]) -> T:
    """Return the form the bytes hold.

    Raises:
        Problem: 400 for bytes that are no JSON, 422 with the field's name.
    """
    try:
        return _DECODERS[form].decode(body)  # type: ignore[return-value]  # the decoder of this very type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        # Once more, slowly, for an answer that says what is wrong.
        return decode_strict(body, form)


def claim_in(scope: Scope, caller: str, body: bytes, about: bytes = b"") -> Claim | None:
    """Return the idempotency key of a request, as it is kept; None without one.

    A key is unique within its `caller`, and within what is asked `about`.

    Raises:
        Problem: 400; empty, too long, or sent twice.
    """
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"idempotency-key"]
    return claim_of(caller, parse_idempotency_key(values), body, about) if values else None


def claim_of(caller: str, key: str, body: bytes, about: bytes = b"") -> Claim:
    """Return a key as it is kept: digests, so that rows are narrow and nothing of a client is stored."""
    named = hashlib.sha256(b"\0".join((caller.encode(), about, key.encode()))).digest()
    return Claim(UUID(bytes=named[:16]), hashlib.sha256(body).digest()[:16])


def _counted(count: int) -> int:
    if count >= LINES_MAX:
        raise Problem("too-many-lines", "Too many lines", 413, f"At most {LINES_MAX} lines a call; the first are kept.")
    return count + 1
