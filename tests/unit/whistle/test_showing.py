"""How far a long command is: a bar on a terminal, nothing where nobody watches."""

import io
import os
import pty
import sys

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
        shown = os.read(seen_by, 65_536).decode()
    os.close(seen_by)

    assert "deciding" in shown
    assert "75%" in shown


def test_a_file_sees_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)

    with progress("deciding", 4) as tell:
        tell(3)

    assert file.getvalue() == ""
