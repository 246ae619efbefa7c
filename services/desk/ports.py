"""What the desk needs of others, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from services.ledger.domain.city import City
from services.ledger.store.acting import ActAnswer, Asking


class Ledger(Protocol):
    """Performs acts; raises the errors of `services.ledger.store.acting` and `RefusedError`."""

    async def perform(self, asking: Asking) -> ActAnswer: ...


class Versions(Protocol):
    """Reference versions by number; each is immutable."""

    async def of(self, number: int) -> City: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What intake answered."""

    status: int
    document: Mapping[str, Any]
    replayed: bool = False
    """It was the same report before."""

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def slug(self) -> str:
        """The problem's name; empty for a good answer."""
        return str(self.document.get("type", "")).rpartition("/")[2]


class Window(Protocol):
    """Takes reports in; `secret` is the session of whoever asks. Raises Problem 503 when nobody answers in time."""

    async def report(self, secret: str, form: Mapping[str, Any], key: str) -> Told:
        """Report once per key, or once per paper."""
        ...

    async def paper(self, secret: str, number: str) -> Told:
        """Ask what became of a paper of the asker's unit."""
        ...
