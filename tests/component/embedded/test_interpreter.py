"""Which Python the embedded system is made with."""

import sys
from pathlib import Path

import pytest

from deploy.embedded import interpreter as which
from deploy.embedded.interpreter import faster_of, interpreter, seconds


def needing(folder: Path, took: str, status: int = 0) -> Path:
    """Return a program that answers the yardstick with `took`, as a Python would."""
    program = folder / f"python-{took}-{status}"
    program.write_text(f"#!/bin/sh\necho {took}\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_a_python_that_is_clearly_faster_is_taken(tmp_path: Path) -> None:
    own, other = needing(tmp_path, "0.012"), needing(tmp_path, "0.008")

    assert faster_of(str(own), other) == str(other)


def test_one_that_is_hardly_faster_is_left_alone(tmp_path: Path) -> None:
    own, other = needing(tmp_path, "0.012"), needing(tmp_path, "0.011")

    assert faster_of(str(own), other) == str(own)


@pytest.mark.parametrize(("took", "status"), [("0.001", 1), ("''", 0), ("fast", 0)])
def test_one_that_is_old_or_cannot_make_environments_is_left_alone(tmp_path: Path, took: str, status: int) -> None:
    own, other = needing(tmp_path, "0.012"), needing(tmp_path, took, status)

    assert faster_of(str(own), other) == str(own)


def test_a_system_without_python_of_its_own_uses_the_one_that_was_asked(tmp_path: Path) -> None:
    assert faster_of(sys.executable, tmp_path / "nothing") == sys.executable


@pytest.fixture
def faster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A system whose own Python is the faster one, asked outside of any environment."""
    program = needing(tmp_path, "0.0001")
    monkeypatch.setattr(which, "OF_THE_SYSTEM", program)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("PYTHON", raising=False)
    return str(program)


def test_whoever_names_a_python_decides(monkeypatch: pytest.MonkeyPatch, faster: str) -> None:
    assert interpreter() == faster

    monkeypatch.setenv("PYTHON", "python3")

    assert interpreter() == sys.executable


def test_what_runs_in_an_environment_keeps_its_python(monkeypatch: pytest.MonkeyPatch, faster: str) -> None:
    """The race's peers run on the product's."""
    assert interpreter() == faster

    monkeypatch.setattr(sys, "prefix", "/an/environment")

    assert interpreter() == sys.executable


def test_a_real_python_answers_the_yardstick() -> None:
    took = seconds(sys.executable)

    assert took is not None
    assert took > 0


def test_a_python_older_than_the_services_need_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(which, "OLDEST", (99, 0))

    assert seconds(sys.executable) is None
