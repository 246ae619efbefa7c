"""What one check found."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class Finding:
    """`remedy` says what to do; empty where nothing is to be done."""

    check: str
    state: Literal["ok", "failed", "skipped"]
    detail: str
    remedy: str = ""

    @classmethod
    def ok(cls, check: str, detail: str) -> Self:
        return cls(check, "ok", detail)

    @classmethod
    def failed(cls, check: str, detail: str, remedy: str) -> Self:
        return cls(check, "failed", detail, remedy)

    @classmethod
    def skipped(cls, check: str, why: str) -> Self:
        return cls(check, "skipped", why)

    @classmethod
    def judged(cls, check: str, fault: str | None, fine: str, remedy: str) -> Self:
        """Return ok with `fine`, or failed where there is a fault."""
        return cls.ok(check, fine) if fault is None else cls.failed(check, fault, remedy)


Check = Callable[[], Awaitable[Finding]]
