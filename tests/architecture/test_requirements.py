"""What is installed is what was locked: every dependency pinned with hashes, no address in any file."""

import re
import tomllib
from typing import Final

import pytest

from deploy.embedded.state import PROJECT

PYPROJECT: Final = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS: Final = PYPROJECT["dependency-groups"]
WANTED: Final = {
    "run": PYPROJECT["project"]["dependencies"],
    "dev": PYPROJECT["project"]["dependencies"] + GROUPS["dev"],
    "postgres": GROUPS["postgres"],
}

each_file = pytest.mark.parametrize("name", WANTED)


@each_file
def test_every_stated_dependency_is_locked(name: str) -> None:
    locked = {normal(line) for line in text_of(name).splitlines() if re.match(r"[A-Za-z0-9]", line)}

    assert {normal(stated) for stated in WANTED[name]} <= locked


@each_file
def test_every_locked_dependency_has_hashes_and_no_address(name: str) -> None:
    entries = re.split(r"\n(?=\S)", text_of(name).strip())

    assert all(re.match(r"[\w.-]+(\[[\w,]+\])?==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text_of(name)


def text_of(name: str) -> str:
    return (PROJECT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def normal(requirement: str) -> str:
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
