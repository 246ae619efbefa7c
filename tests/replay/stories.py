"""What befell each case on its way: told by its facts, so that a late one can be explained."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.contracts.events import CaseProgressed
from services.contracts.events.progress import (
    ClockKind,
    Dispatched,
    Handled,
    Opened,
    ReturnAsked,
    ReworkOrdered,
    Verified,
)

BY_OUR_STEPS: Final = "late only because the replay's time moves in steps"
STILL_OPEN: Final = "not closed, and past its due date"
ON_TIME: Final = "closed by its due date"


@dataclass(slots=True)
class Story:
    """One case, as far as it has been told."""

    merged: bool = False
    consulted: bool = False
    passed_on: bool = False
    handled_late: bool = False
    sent_back: bool = False
    verified_late: bool = False
    closed_at: datetime | None = None
    """When its closing was planned; carried out at the next step of time."""

    def goes_on(self, event: CaseProgressed) -> None:
        """Take in the next fact."""
        match event.what:
            case Opened(consulting=True):
                self.consulted = True
            case ReturnAsked() | Dispatched():
                self.passed_on = self.passed_on or not self.consulted
            case Handled(unit=unit):
                self.handled_late = self.handled_late or (not self.sent_back and _was_late(event, "handling", unit))
            case ReworkOrdered():
                self.sent_back = True
            case Verified():
                self.verified_late = self.verified_late or _was_late(event, "verification")
            case _:
                pass
        self.merged = self.merged or event.state == "merged"
        promise = max((clock for clock in event.clocks if clock.kind == "promise"), key=lambda clock: clock.cycle)
        self.closed_at = None if promise.stopped_at is None else self.closed_at or event.at

    def why_late(self, due_at: datetime) -> str:
        """Return why a case that was closed after `due_at` was: the first thing that took its time."""
        if self.closed_at is not None and self.closed_at <= due_at:
            return BY_OUR_STEPS
        reasons = {
            "closed with the case it was merged into": self.merged,
            "passed on by the first department": self.passed_on,
            "nobody's by rule: the command center had to name one": self.consulted,
            "handled after its limit": self.handled_late,
            "sent back for rework": self.sent_back,
            "verified after its limit": self.verified_late,
        }
        return next((reason for reason, holds in reasons.items() if holds), "each within its limit, the whole not")


def made_up_of(
    promises: Iterable[tuple[int, datetime, datetime | None]], stories: Mapping[int, Story], now: datetime
) -> Counter[str]:
    """Return what the on-time rate is made up of: every promise that has come due by `now`, counted once.

    `promises`: serial, due date, when it stopped.
    """
    parts = Counter[str]()
    for serial, due_at, stopped_at in promises:
        if due_at > now:
            continue
        if stopped_at is None:
            parts[STILL_OPEN] += 1
        elif stopped_at <= due_at:
            parts[ON_TIME] += 1
        else:
            parts[stories[serial].why_late(due_at)] += 1
    return parts


def _was_late(event: CaseProgressed, kind: ClockKind, unit: str | None = None) -> bool:
    stopped = [clock for clock in event.clocks if clock.kind == kind and clock.stopped_at is not None]
    mine = [clock for clock in stopped if unit is None or clock.unit == unit]
    if not mine:
        return False
    last = max(mine, key=lambda clock: clock.cycle)
    return last.stopped_at is not None and last.stopped_at > last.due_at
