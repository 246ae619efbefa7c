"""Facts that are not about one case: a mode switch, a digest, a bulletin, a publication."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from services.contracts.events.event import Event

NoticeKind = Literal[
    "mode_switched", "digest", "bulletin", "published", "clock_stopped", "task_refused",
    "major_matter", "interview", "burst",
]  # fmt: skip


class NoticeIssued(Event, frozen=True, kw_only=True):
    """Somebody must be told something that belongs to no single case. `event_id` is the notice's id."""

    TYPE: ClassVar[str] = "notice.issued.v1"
    SOURCE: ClassVar[str] = "ledger"

    at: datetime
    kind: NoticeKind
    units: tuple[str, ...]
    """Whom it concerns."""
    subject: str
    facts: dict[str, str | int | float | bool | None]
    person: UUID | None = None
    """Whom of the units alone it is for: a digest is one person's."""

    @property
    def key(self) -> UUID:
        return self.event_id

    @property
    def happened_at(self) -> datetime:
        return self.at
