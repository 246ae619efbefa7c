"""What the desk needs of others, in its own words."""

from typing import Protocol

from services.ledger.domain.city import City
from services.ledger.store.acting import ActAnswer, Asking


class Ledger(Protocol):
    """Performs acts; raises the errors of `services.ledger.store.acting` and `RefusedError`."""

    async def perform(self, asking: Asking) -> ActAnswer: ...


class Versions(Protocol):
    """Reference versions by number; each is immutable."""

    async def of(self, number: int) -> City: ...
