"""Staff tokens: shown once, kept as a hash, read from the `Authorization` header."""

import hashlib
import re
import secrets
from base64 import b32encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

SECRET_BYTES: Final = 32
PREFIX_BYTES: Final = 5
_FORM: Final = re.compile(r"wst_([a-z2-7]{8})_[a-z2-7]{52}")
_BEARER: Final = re.compile(r"(?i:bearer) +(\S{1,200}) *")


class MalformedTokenError(ValueError):
    """The header holds no token of ours; the message never repeats what it held."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. `secret` is shown to its person once; the database gets the other two."""

    secret: str = field(repr=False)
    prefix: str
    """Names the token in lists and when it is revoked; of no use to a thief."""
    token_hash: bytes = field(repr=False)


def issue_token(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> IssuedToken:
    """Return a new token of 256 random bits."""
    prefix = _base32(random_bytes(PREFIX_BYTES))
    secret = f"wst_{prefix}_{_base32(random_bytes(SECRET_BYTES))}"
    return IssuedToken(secret=secret, prefix=prefix, token_hash=hash_of(secret))


def hash_of(secret: str) -> bytes:
    """Return what is stored: SHA-256, which is enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def is_token(text: str) -> bool:
    """Whether it has the form of a token."""
    return _FORM.fullmatch(text) is not None


def token_hash_in(authorization: str | None) -> bytes | None:
    """Return the hash of the bearer token, or None when there is no header.

    Raises:
        MalformedTokenError: another scheme, or not the form of a token.
    """
    if authorization is None:
        return None
    bearer = _BEARER.fullmatch(authorization)
    if bearer is None or not is_token(bearer[1]):
        raise MalformedTokenError("expected `Authorization: Bearer wst_…`")
    return hash_of(bearer[1])


def _base32(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=").lower()
