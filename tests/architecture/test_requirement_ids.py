"""Every requirement has one row in the catalogue, at most one test file, and a line on the page."""

import ast
from collections import Counter
from typing import Final

import pytest

from deploy.embedded.state import PROJECT
from tests.requirements.catalogue import FOLDER, PRIORITIES, Outcome, State, catalogue, id_of, state_of

IDS: Final = [one.id for one in catalogue()]
TESTS: Final = sorted(FOLDER.glob("test_*.py"))


def test_the_catalogue_names_93_requirements_once_each() -> None:
    assert len(IDS) == len(set(IDS)) == 93


def test_every_requirement_has_a_priority_and_a_title() -> None:
    assert all(one.priority in PRIORITIES and one.title and "|" not in one.title for one in catalogue())


def test_every_test_file_is_named_after_one_requirement() -> None:
    assert not [path.name for path in TESTS if id_of(path.name) not in IDS]
    assert not [known for known, count in Counter(id_of(path.name) for path in TESTS).items() if count > 1]


def test_every_test_file_begins_with_what_is_asked_for() -> None:
    assert not [path.name for path in TESTS if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]


def test_the_page_has_a_line_for_every_requirement() -> None:
    text = (PROJECT / "docs" / "requirements.md").read_text(encoding="utf-8")

    assert not [one.id for one in catalogue() if f"| {one.id} | {one.title} |" not in text]


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        pytest.param(["passed", "passed"], "passed", id="all-passed"),
        pytest.param(["passed", "failed"], "failed", id="one-failed"),
        pytest.param(["passed", "skipped"], "not yet", id="one-was-skipped"),
        pytest.param([], "not yet", id="nothing-ran"),
    ],
)
def test_a_requirement_has_passed_when_all_its_tests_have(outcomes: list[Outcome], state: State) -> None:
    assert state_of(outcomes) == state
