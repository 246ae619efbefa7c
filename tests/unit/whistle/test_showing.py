"""How far a long command is: a bar on a terminal, nothing where nobody watches."""

import io
import os
import pty
import sys
from contextlib import suppress

import pytest

from services.whistle.showing import progress


def test_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    seen_by, written_to = pty.openpty()
    with os.fdopen(written_to, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress("deciding", 4) as tell:
            tell(3)
        terminal.flush()
        shown = everything_said(seen_by)
    os.close(seen_by)

    assert "deciding" in shown
    assert "75%" in shown


def everything_said(terminal: int) -> str:
    """Return all that was written: one read gives a few kilobytes of it, and a slow command draws often."""
    os.set_blocking(terminal, False)
    said = b""
    with suppress(BlockingIOError):
        while part := os.read(terminal, 65_536):
            said += part
    return said.decode()


def test_a_file_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)

    with progress("deciding", 4) as tell:
        tell(3)

    assert file.getvalue() == ""
