"""Thins floods of client logs: one line per message and second, then how often it came."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

TEMPLATES_MAX: Final = 1_000
"""Message templates remembered at once; the oldest is forgotten first."""


class Thinning(logging.Filter):
    """Lets one line per logger, message template and second through; the next one says how many were dropped.

    Other loggers than those named, and their children, pass untouched.
    """

    def __init__(self, names: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._prefixes = tuple(f"{name}." for name in names)
        self._names = frozenset(names)
        self._clock = clock
        self._seen: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name not in self._names and not record.name.startswith(self._prefixes):
            return True
        place = (record.name, str(record.msg))
        now = self._clock()
        since, dropped = self._seen.get(place, (float("-inf"), 0))
        if now - since < 1.0:
            self._seen[place] = (since, dropped + 1)
            return False
        self._seen[place] = (now, 0)
        self._seen.move_to_end(place)
        if len(self._seen) > TEMPLATES_MAX:
            self._seen.popitem(last=False)
        if dropped:
            record.msg, record.args = f"{record.getMessage()} (and {dropped} more like this)", ()
        return True
