"""How many reports were answered in time, by the channel they came through (S0-07)."""

from datetime import datetime

import msgspec

from services.contracts.events.report import Channel
from services.desk.domain.counts import PeriodAsked


class OnTimeAsked(PeriodAsked, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A period in which reports were taken in, and one channel of them or all."""

    channel: Channel | None = None


class OnTimeOfChannel(msgspec.Struct, frozen=True, kw_only=True):
    """按期结案率 of one channel: on time / due, never closed / reported."""

    channel: Channel
    reported: int
    due: int
    """Whose promise has come due by now."""
    on_time: int
    left_overdue: int
    """Of those due, not closed yet."""
    rate: float | None
    """None where nothing has come due."""


class OnTimeByChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Of the reports the asker may see; a merged one counts by its own channel and promise."""

    since: datetime
    until: datetime
    rows: tuple[OnTimeOfChannel, ...]
