"""A thread that ends a process which makes no progress: asyncio cannot be asked whether asyncio is stuck."""

import faulthandler
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.chassis.delivery.batch import natural_key_of
from services.chassis.delivery.finish import Finishing
from services.chassis.failures import Die, die
from services.chassis.health import SILENCE_SECONDS_MAX, Health
from services.chassis.metrics import Progress
from services.chassis.outages import Outages

STUCK_SECONDS_MAX: Final = 60.0
OUTAGE_SECONDS_MAX: Final = 300.0
"""Waiting for a named outage counts as progress for so long."""
LOOK_SECONDS: Final = 1.0


class StuckError(RuntimeError):
    """The process is alive and does nothing."""


@dataclass(slots=True)
class Pulse:
    """When work that goes round by itself, such as a relay or a timer, last did.

    Apart from `Progress`: a relay that goes round must not hide a handler that hangs, nor the other way round.
    """

    moved_at: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Note that another round is done."""
        self.moved_at = time.monotonic()


@dataclass(slots=True)
class Watchdog:
    """Ends the process when its loop is silent for 10 s, or when it makes no progress for 60 s while there is lag.

    Also when one of its `rounds` has stood still as long, outages apart.
    """

    health: Health
    progress: Progress
    outages: Outages
    finishing: Finishing | None = None
    note: Callable[[Sequence[str], str], None] | None = None
    """Counts the crash against the messages in hand, from this thread."""
    rounds: Mapping[str, Pulse] = field(default_factory=dict)
    """Work that goes round by itself, by name: to stand still is a fault even when nothing waits."""
    end: Die = die
    stuck_seconds_max: float = STUCK_SECONDS_MAX
    silence_seconds_max: float = SILENCE_SECONDS_MAX
    clock: Callable[[], float] = time.monotonic
    _stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Watch from a thread of its own until `stop`."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def complaint(self) -> str | None:
        """Return why the process must end, or None."""
        if self.health.silence_seconds > self.silence_seconds_max:
            return f"the loop has been silent for {self.health.silence_seconds:.0f} s"
        waited = self.outages.seconds_max
        if waited > 0:
            self._excuse_rounds()
        if 0 < waited < OUTAGE_SECONDS_MAX:
            return None
        still = self.clock() - self.progress.moved_at
        in_hand = self.finishing is not None and bool(self.finishing.in_hand)
        if still > self.stuck_seconds_max and (in_hand or self.progress.lag > 0):
            return f"no progress for {still:.0f} s with {self.progress.lag} records waiting"
        return self._still_round()

    def _excuse_rounds(self) -> None:
        """To wait for an outage is not to stand still, however long it lasts: ending the process would not end it."""
        for pulse in self.rounds.values():
            pulse.moved_at = self.clock()

    def _still_round(self) -> str | None:
        for name, pulse in self.rounds.items():
            still = self.clock() - pulse.moved_at
            if still > self.stuck_seconds_max:
                return f"no round of the {name} for {still:.0f} s"
        return None

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            reason = self.complaint()
            if reason is not None:
                self._end(reason)
                return

    def _end(self, reason: str) -> None:
        faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
        try:
            if self.note is not None and self.finishing is not None and self.finishing.in_hand:
                self.note([natural_key_of(message) for message in self.finishing.in_hand], reason)
        finally:
            self.end(StuckError(reason))
