"""Crash-only: whatever is unexpected ends the process at once, and the next process begins from what is committed."""

import logging
import os
import sys
from typing import Final, NoReturn, Protocol

import structlog

EXIT_CRASHED: Final = 70
EXIT_CONFIGURATION: Final = 78

_log = structlog.get_logger("whistle.failures")


class Die(Protocol):
    """How a process ends itself; tests pass one that only notes the error and raises."""

    def __call__(self, error: BaseException) -> NoReturn: ...


def die(error: BaseException) -> NoReturn:
    """Log the error, flush what is written, and leave without running another line: nothing gets acknowledged."""
    try:
        _log.critical("the process ends itself", error=repr(error)[:2000], exc_info=error)
        for handler in logging.getLogger().handlers:
            handler.flush()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(EXIT_CRASHED)
