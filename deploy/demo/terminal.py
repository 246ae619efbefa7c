"""The terminal: Ctrl-C belongs to the demo alone, and ends it once."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def in_the_foreground() -> Iterator[None]:
    """Be the terminal's foreground group, so that Ctrl-C does not kill the `make` in front of us, which would fail."""
    if not sys.stdin.isatty() or os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp() or os.getpid() == os.getpgrp():
        yield
        return
    before = os.getpgrp()
    # Taking the terminal from the background stops a process otherwise; and nobody could wake one that Ctrl-Z stops.
    for ignored in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(ignored, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(sys.stdin.fileno(), os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(sys.stdin.fileno(), before)


def end_by_signals() -> None:
    """Let Ctrl-C and SIGTERM end whatever runs by KeyboardInterrupt; the ending itself is not interrupted."""

    def end(*_: object) -> None:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in ENDING:
        signal.signal(number, end)
