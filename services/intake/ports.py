"""What intake needs from outside, in its own words: a place that keeps reports, the case's progress, pictures.

Longer than 200 lines because every port of the window stands here, beside the words they share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from services.chassis.pictures import Picture
from services.contracts.events.report import FollowUpKind, Lane, ReportFacts
from services.intake.domain.separate import Reported


@dataclass(frozen=True, slots=True)
class Claim:
    """A client's idempotency key, as kept: a digest over client and key, and one over the body."""

    client_key: UUID
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Moment:
    """What a batch begins with."""

    now: datetime
    epoch: int
    serials: Sequence[int]
    said_before: Sequence[tuple[int, ReportFacts]] = ()
    """What was reported under the marks of this batch, the newest of each mark first."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """One part for the vault, unreadable without the key file."""

    wrapped_key: bytes
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report ready to be written."""

    report_id: UUID
    serial: int
    lane: Lane
    barred_units: tuple[str, ...]
    body: bytes
    key_id: str
    claim: Claim | None
    contact: Sealed | None
    tail_mac: bytes | None
    raw: Sealed | None
    attachments: tuple[UUID, ...]
    repeat_mark: int | None = None
    repeats: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A report that was accepted."""

    report_id: UUID
    serial: int
    epoch: int
    accepted_at: datetime
    key_id: str
    lane: Lane


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a key made when it came first."""

    fingerprint: bytes
    made: Known
    repeats: UUID | None = None
    """The earlier report that it repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFollowUp:
    """A follow-up ready to be written."""

    followup_id: UUID
    report_id: UUID
    kind: FollowUpKind
    at: datetime
    body: bytes
    key_id: str
    claim: Claim | None
    raw: Sealed | None
    attachments: tuple[UUID, ...]
    about: datetime | None = None
    """Of a rating: when the case was closed that it rates; None while it is open."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits to be sent: rows, about, and for how long the oldest has waited."""

    rows: int
    seconds: float


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the case stands, in the words a reporter may read."""

    state: str
    dispatched_at: datetime | None = None
    signed_in_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    promise_due_at: datetime | None = None
    lead: str | None = None
    measure: str | None = None
    done_by: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a follow-up: its id, or the id and fingerprint its key made before, or neither."""

    followup_id: UUID | None
    earlier_fingerprint: bytes | None = None


class Reports(Protocol):
    """Where reports are kept."""

    async def begin(self, count: int, marks: Sequence[int] = ()) -> Moment:
        """Return the instant of a batch, the epoch, as many serials as it has reports, and what bears these marks."""
        ...

    async def accept_once(self, reports: Sequence[NewReport], moment: Moment) -> Mapping[UUID, Earlier]:
        """Write all reports whose keys are new, atomically; return the others, by client key.

        Raises:
            CannotStoreError, StillUndecidedError: nothing is written.
        """
        ...

    async def made_by(self, client_keys: Sequence[UUID]) -> Mapping[UUID, Earlier]:
        """Return what each key made, for those that made a report."""
        ...

    async def find(self, epoch: int, serial: int) -> Known | None:
        """Return the report of a number."""
        ...


class FollowUps(Protocol):
    """Where follow-ups are kept."""

    async def now(self) -> datetime:
        """Return the database's instant."""
        ...

    async def was_added(self, claim: Claim) -> bool:
        """Whether this key made a follow-up before."""
        ...

    async def reported(self, report_id: UUID) -> Reported:
        """Return the report as it travelled, and who never sees it."""
        ...

    async def said_before(self, report_id: UUID) -> Sequence[str]:
        """Return what was reported and what facts were added so far, as far as it travelled."""
        ...

    async def add_once(self, followup: NewFollowUp) -> Added:
        """Write it, unless its key was used before or its kind may come once only and came."""
        ...


class Papers(Protocol):
    """Keys of papers that were entered, kept for good."""

    async def now(self) -> datetime:
        """Return the database's instant."""
        ...

    async def keep(self, client_key: UUID) -> None:
        """Keep the key; one that is kept already stays."""
        ...


class Tails(Protocol):
    """Phone tails, and the misses that lock them."""

    async def tail_of(self, report_id: UUID) -> bytes | None:
        """Return the mac of the report's phone tail; None without a phone, or while it is locked."""
        ...

    async def missed(self, report_id: UUID) -> None:
        """Count a wrong tail; the fifth locks the report's number for 15 minutes."""
        ...


class Cases(Protocol):
    """What the ledger tells the public."""

    async def progress_of(self, case_id: UUID) -> Progress | None:
        """Return where the case stands; None before the ledger knows it."""
        ...


class Pictures(Protocol):
    """Where pictures are kept."""

    async def keep(self, picture: Picture, attachment_id: UUID) -> None:
        """Keep the picture for an hour, and for good once a report claims it."""
        ...

    async def claimable(self, attachment_ids: Sequence[UUID], report_id: UUID | None = None) -> frozenset[UUID]:
        """Return those that may still be claimed, or are claimed by this report already."""
        ...

    async def forget_lapsed(self) -> int:
        """Forget what nobody claimed within the hour; return how many that were."""
        ...
