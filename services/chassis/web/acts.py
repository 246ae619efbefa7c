"""Headers that make an act safe to repeat and safe against the past: `Idempotency-Key` and `If-Match`."""

import re
from typing import Annotated, Final

from fastapi import Depends, Request

from services.chassis.web.problems import Problem

KEY_CHARACTERS_MAX: Final = 128

_KEY: Final = re.compile(rf"^[\x21\x23-\x5b\x5d-\x7e]{{1,{KEY_CHARACTERS_MAX}}}$")
_REVISION: Final = re.compile(r'^(?:W/)?"(\d{1,18})"$')


def parse_idempotency_key(values: list[str]) -> str:
    """Return the key from the header's values; quoted (as the IETF draft has it) or bare.

    Raises:
        Problem: 400 when it is missing, twice, empty, too long or has other than printable ASCII characters.
    """
    if len(values) != 1:
        told = "Send it once." if values else "Send one, unique for each thing asked for; repeat it when repeating."
        raise Problem("idempotency-key", "Idempotency-Key is required once", 400, told)
    text = values[0].strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if not _KEY.match(text):
        told = f"1 to {KEY_CHARACTERS_MAX} printable ASCII characters without spaces, quotes and backslashes."
        raise Problem("idempotency-key", "Idempotency-Key is not valid", 400, told)
    return text


def parse_revision(values: list[str]) -> int:
    """Return the revision an `If-Match` names, e.g. `"7"`.

    Raises:
        Problem: 428 when it is missing, 400 when it is not one revision in quotes.
    """
    if not values:
        told = "Send the ETag you saw, so that nobody's change is overwritten."
        raise Problem("if-match-required", "If-Match is required", 428, told)
    match = _REVISION.match(values[0].strip())
    if len(values) != 1 or match is None:
        raise Problem("if-match", "If-Match is not one revision in quotes", 400)
    return int(match[1])


def etag_of(revision: int) -> str:
    """Return the ETag of a revision."""
    return f'"{revision}"'


async def _idempotency_key(request: Request) -> str:
    return parse_idempotency_key(request.headers.getlist("idempotency-key"))


async def _revision(request: Request) -> int:
    return parse_revision(request.headers.getlist("if-match"))


IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
Revision = Annotated[int, Depends(_revision)]
