"""Cases that cannot be settled stand aside, so that one of them never stops time for the whole city."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

ASIDE_SECONDS: Final = 60.0
"""After so long a case is tried again: what it lacked, such as the calendar of a year, may have been published."""
ASIDE_MAX: Final = 1_000
"""With more than these it is not the cases that are wrong."""

_log = structlog.get_logger("whistle.ledger")


class CannotSettleError(RuntimeError):
    """What one case owes cannot be decided; the cause says why."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__(f"case {case_id} cannot be settled")
        self.case_id = case_id


@dataclass(slots=True)
class Aside:
    """The cases that failed of late, known to this process only; their steps stay owed, and late is what they are."""

    seconds: Callable[[], float] = time.monotonic
    _until: dict[UUID, float] = field(default_factory=dict)

    def put(self, error: CannotSettleError) -> None:
        """Leave the case of `error` alone for a while. Raises `error` itself when too many are aside already."""
        if len(self.cases()) >= ASIDE_MAX:
            raise error
        self._until[error.case_id] = self.seconds() + ASIDE_SECONDS
        reason = repr(error.__cause__)[:500]
        _log.error("a case cannot be settled and stands aside", case_id=str(error.case_id), error=reason)

    def cases(self) -> frozenset[UUID]:
        """Return who stands aside now."""
        now = self.seconds()
        self._until = {case_id: until for case_id, until in self._until.items() if until > now}
        return frozenset(self._until)
