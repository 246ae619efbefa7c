"""What this process wrote down a moment ago: the same said twice at once is not found among what is committed."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

LATELY_MAX: Final = 1_024
"""Twice what two batches under way hold: whoever came before them is committed, and found there."""


@dataclass(frozen=True, slots=True)
class SaidLately:
    """The newest report of each mark, as it was written down; the oldest marks give way."""

    _said: OrderedDict[int, tuple[UUID, bytes]] = field(default_factory=OrderedDict)

    def remember(self, mark: int, report_id: UUID, body: bytes) -> None:
        """Let whoever says the same find this report; `body` is its event's bytes."""
        self._said[mark] = (report_id, body)
        self._said.move_to_end(mark)
        if len(self._said) > LATELY_MAX:
            self._said.popitem(last=False)

    def forget(self, mark: int, report_id: UUID) -> None:
        """Forget a report that was not accepted after all."""
        if mark in self._said and self._said[mark][0] == report_id:
            del self._said[mark]

    def body_of(self, mark: int) -> bytes | None:
        """Return the bytes of the newest report of a mark."""
        said = self._said.get(mark)
        return None if said is None else said[1]
