"""When a clock is due: from its row and the city, again at any time (design §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from services.contracts.events.dispatch import Limits
from services.contracts.events.progress import ClockKind
from services.ledger.domain.adjusting import Adjustment, moved
from services.ledger.domain.city import City, ModeLimit
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.state import CaseRow
from services.worktime.arithmetic import add

OF_THE_LAW: Final[frozenset[ClockKind]] = frozenset({"promise", "handling", "stage"})
"""Clocks whose limit the law may set; then no mode changes it (domain §3.9)."""


class Derivable(Protocol):
    """What a due date is derived from: a clock's row, or a clock that is yet to be made."""

    @property
    def started_at(self) -> datetime: ...
    @property
    def allowed(self) -> str: ...
    @property
    def usual(self) -> str | None: ...
    @property
    def adjusted(self) -> Sequence[Adjustment] | None: ...


@dataclass(frozen=True, slots=True)
class Timed:
    """A clock that is yet to be made."""

    started_at: datetime
    allowed: str
    usual: str | None = None
    adjusted: Sequence[Adjustment] | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """The limit that holds, the one it stands in for, since when it counts if not from the start, and when it ends."""

    allowed: str
    usual: str | None
    counted_from: datetime | None
    due_at: datetime


def mode_limit_of(kind: ClockKind, case: CaseRow, limits: Limits, city: City) -> ModeLimit | None:
    """Return what the modes allow a clock of this case; nothing where the law sets the limit."""
    if not city.modes or (limits.statutory and kind in OF_THE_LAW):
        return None
    return city.mode_limit(kind, case.item, case.subdistrict)


def derive(clock: Derivable, mode: ModeLimit | None, city: City) -> Derived:
    """Return what holds for the clock under `mode` and the city's calendar.

    A shorter limit counts from when the mode was switched on and never ends later than the usual one; a longer one
    counts from the clock's start. Without a mode the usual limit comes back as if there had been none.
    """
    usual = clock.usual or clock.allowed
    due_at = _due(clock, usual, None, city)
    if mode is None:
        return Derived(usual, None, None, due_at)
    longer = _due(clock, mode.limit, None, city)
    if longer >= due_at:
        return Derived(mode.limit, usual, None, longer)
    counted_from = mode.since if mode.since > clock.started_at else None
    shorter = _due(clock, mode.limit, counted_from, city)
    if shorter >= due_at:
        return Derived(usual, None, None, due_at)
    return Derived(mode.limit, usual, counted_from, shorter)


def _due(clock: Derivable, limit: str, counted_from: datetime | None, city: City) -> datetime:
    due_at = add(counted_from or clock.started_at, limit_of(limit), city.calendar)
    if not clock.adjusted:
        return due_at
    return moved(due_at, clock.adjusted, limit_of(limit).unit, city.calendar, counted_from)
