"""Strict JSON from outside: depth, NUL and lone surrogates are refused before a value reaches anything else."""

import re
from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec
from fastapi import Depends, Request

from services.chassis.web.problems import Problem, invalid

T = TypeVar("T")

DEPTH_MAX: Final = 32
KEYS_MAX: Final = 10_000

_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


async def body_of(request: Request) -> bytes:
    """Return the whole body; the edge has limited it."""
    return await request.body()


Body = Annotated[bytes, Depends(body_of)]


def decode_strict(body: bytes, expected: type[T], *, depth_max: int = DEPTH_MAX) -> T:
    """Return `body` as `expected` (usually a msgspec struct that forbids unknown fields).

    Raises:
        Problem: 400 `not-json` for bytes that are no JSON, 422 `invalid` naming the field; neither repeats input.
    """
    _refuse_traps(body, depth_max)
    try:
        return cast("T", _decoder(cast("Hashable", expected)).decode(body))
    except msgspec.ValidationError as error:
        raise invalid([{"field": _field_of(error), "reason": _reason_of(error)}]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        raise Problem("not-json", "The body is no valid JSON in UTF-8", 400) from None


@cache
def _decoder(expected: Hashable) -> msgspec.json.Decoder[Any]:
    # Building the decoder of a union costs more than ten times what decoding with it does.
    return msgspec.json.Decoder(cast("type[Any]", expected))


def _refuse_traps(body: bytes, depth_max: int) -> None:
    if b"\\u0000" in body and _NUL.search(body):
        raise invalid([{"field": "body", "reason": "text must not contain the character U+0000"}])
    if body.count(b"[") + body.count(b"{") > depth_max and _depth(body) > depth_max:
        raise invalid([{"field": "body", "reason": f"nested deeper than {depth_max} levels"}])
    if body.count(b":") > KEYS_MAX and _STRINGS.sub(b"", body).count(b":") > KEYS_MAX:
        raise invalid([{"field": "body", "reason": f"more than {KEYS_MAX} keys"}])


def _depth(body: bytes) -> int:
    deepest = depth = 0
    for byte in _STRINGS.sub(b"", body):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _field_of(error: msgspec.ValidationError) -> str:
    _, _, path = str(error).rpartition(" - at `")
    return path.rstrip("`").removeprefix("$").removeprefix(".") or "body"


def _reason_of(error: msgspec.ValidationError) -> str:
    reason = str(error).partition(" - at `")[0]
    # msgspec names the value in these two, and a value may be personal.
    for echoing in ("Object contains unknown field", "Invalid enum value", "Invalid value"):
        if reason.startswith(echoing):
            return echoing[0].upper() + echoing[1:]
    return reason


def json_body(value: Any) -> bytes:
    """Return `value` as JSON bytes."""
    return msgspec.json.encode(value)
