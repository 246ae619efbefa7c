"""Facts of reports about one thing: merged into one case, taken apart again (S4-03)."""

from uuid import UUID

import msgspec

from services.contracts.events.report import Channel


class Merged(msgspec.Struct, frozen=True, tag="merged", omit_defaults=True):
    """The case is about the same thing as another one, which goes on for both."""

    into: UUID
    number: str
    """Of the case that goes on."""
    reason: str = ""
    automatic: bool = False
    share: float | None = None
    """How alike the words are, from 0 to 1; when the system merged."""


class ReportJoined(msgspec.Struct, frozen=True, tag="report_joined", omit_defaults=True):
    """Another report is about this case: whoever made it is told what becomes of it."""

    report_id: UUID
    number: str
    channel: Channel
    automatic: bool = False
    repeats: bool = False
    """By somebody who reported it before, in the same words: they are told the progress (X-11)."""


class Unmerged(msgspec.Struct, frozen=True, tag="unmerged", omit_defaults=True):
    """The case is one of its own again; its promise is the one it always had."""

    survivor: UUID
    number: str
    reason: str


class ReportParted(msgspec.Struct, frozen=True, tag="report_parted", omit_defaults=True):
    """A report that had joined is about something else."""

    report_id: UUID
    number: str


class ClosedTogether(msgspec.Struct, frozen=True, tag="closed_together", omit_defaults=True):
    """The case that goes on for this one has ended; `on_time` by this one's own promise."""

    into: UUID
    number: str
    on_time: bool


MergingFact = Merged | ReportJoined | Unmerged | ReportParted | ClosedTogether
