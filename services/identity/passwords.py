"""Passwords: argon2id with OWASP's smallest sufficient memory, so that a log-in fits into a service's 120 MiB."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

CHARACTERS_MIN: Final = 10
CHARACTERS_MAX: Final = 128
DISTINCT_MIN: Final = 5
AT_ONCE_MAX: Final = 2
"""Each takes 19 MiB and a core for some 30 ms."""
_WORDS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WeakPasswordError(ValueError):
    """`reason` is `short`, `long`, `simple` or `login`: a key of the pages' words."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the password is refused: {reason}")
        self.reason = reason


def require_strong(password: str, login: str) -> None:
    """Refuse what is guessed first.

    Raises:
        WeakPasswordError: too short or long, of few characters, or containing the login.
    """
    if len(password) < CHARACTERS_MIN:
        raise WeakPasswordError("short")
    if len(password) > CHARACTERS_MAX:
        raise WeakPasswordError("long")
    if len(set(password)) < DISTINCT_MIN:
        raise WeakPasswordError("simple")
    if login.lower() in password.lower():
        raise WeakPasswordError("login")


def new_password() -> str:
    """Return a password that can be read aloud: four groups of five, 99 bits."""
    return "-".join("".join(secrets.choice(_WORDS) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    """Return what is stored. Takes some 30 ms of a core."""
    return _HASHER.hash(password)


def is_password(password: str, stored: str) -> bool:
    """Whether `stored` was made from this password. Takes some 30 ms of a core."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@dataclass(slots=True)
class Passwords:
    """Hashes in threads, a few at once; a login nobody has costs the same time as a wrong password."""

    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE_MAX))
    _nobody: str = field(default_factory=lambda: hash_password(new_password()))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether it is the password; `stored` is None where nobody has that login."""
        right = await self._apart(lambda: is_password(password, stored or self._nobody))
        return right and stored is not None

    async def hashed(self, password: str) -> str:
        """Return what is stored."""
        return await self._apart(lambda: hash_password(password))

    async def _apart(self, work: Callable[[], T]) -> T:
        async with self._turns:
            return await asyncio.to_thread(work)
