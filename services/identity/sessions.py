"""Sessions: what a browser holds after somebody logged in. For everything else a session is a token."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.identity.tokens import IssuedToken, hash_of, is_token

if TYPE_CHECKING:
    from services.identity.actors import Connection

COOKIE: Final = "whistle_session"
LOGIN_TRIES: Final = 5
"""Tries in vain at one login that cost nothing; from then on everybody who tries it waits."""
ADDRESS_TRIES: Final = 30
"""The same for one address: an office shares one."""

KNOCK: Final = "select wait_seconds, person_id, password_hash from identity.knock($1, $2, $3)"
BEGIN: Final = "select identity.begin_session($1, $2, $3, $4, $5, $6, $7)"
SESSION: Final = "select person_id, name, login, must_change from identity.session_of($1, $2)"
END: Final = "select identity.end_session($1)"
STORED: Final = "select identity.password_of($1)"
CHANGE: Final = "select identity.change_password($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class Knocked:
    """What a try at a login found: how long to wait, or whose password to compare (nobody's: None)."""

    wait_seconds: int
    person_id: UUID | None
    password_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who logged in."""

    person_id: UUID
    name: str
    login: str
    must_change: bool
    """Only choosing a password is possible."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Unused for `idle` it ends, and `at_most` after it began in any case."""

    idle: timedelta = timedelta(hours=1)
    at_most: timedelta = timedelta(hours=12)


def subjects_of(login: str, address: str) -> list[bytes]:
    """Return what tries are counted by: the login first, then the address."""
    named = (f"login/{login}", f"address/{address}")
    return [hashlib.sha256(name.encode()).digest() for name in named]


async def knock(connection: "Connection", login: str, address: str) -> Knocked:
    """Count a try at a login and return what to compare the password with."""
    row = await connection.fetchrow(KNOCK, login, subjects_of(login, address), [LOGIN_TRIES, ADDRESS_TRIES])
    if row is None:
        raise LookupError("identity.knock answers one row")
    return Knocked(row["wait_seconds"], row["person_id"], row["password_hash"])


async def begin_session(
    connection: "Connection", knocked: Knocked, token: IssuedToken, subjects: list[bytes], limits: SessionLimits
) -> bool:
    """Begin the session `token` opens; false when the account has changed since the knocking."""
    began: bool = await connection.fetchval(
        BEGIN,
        knocked.person_id,
        knocked.password_hash,
        token.token_hash,
        token.prefix,
        limits.idle,
        limits.at_most,
        subjects,
    )
    return began


async def session_of(connection: "Connection", token_hash: bytes, *, quiet: bool = False) -> Session | None:
    """Return who logged in; None for what is no session, or one that ended. Unless `quiet`, the session goes on."""
    row = await connection.fetchrow(SESSION, token_hash, quiet)
    if row is None:
        return None
    return Session(
        person_id=UUID(int=row["person_id"].int),
        name=row["name"],
        login=row["login"],
        must_change=row["must_change"],
    )


async def end_session(connection: "Connection", token_hash: bytes) -> None:
    """End it; a token that is no session is left alone."""
    await connection.execute(END, token_hash)


async def password_of(connection: "Connection", token_hash: bytes) -> str | None:
    """Return the stored hash of the session's person."""
    stored: str | None = await connection.fetchval(STORED, token_hash)
    return stored


async def change_password(connection: "Connection", token_hash: bytes, old_hash: str, new_hash: str) -> bool:
    """Put a new hash in the place of the old one; false when that has changed meanwhile."""
    changed: bool = await connection.fetchval(CHANGE, token_hash, old_hash, new_hash)
    return changed


def token_hash_in_cookie(value: str | None) -> bytes | None:
    """Return the hash of what the session cookie holds; None for nothing or nonsense."""
    return hash_of(value) if value is not None and is_token(value) else None
