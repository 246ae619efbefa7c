"""The table of guards follows the code: each guard's text stands where the table says, each test is there."""

import re
from typing import Final

import pytest

from deploy.embedded.state import PROJECT
from tests.sabotage.guard import Guard
from tests.sabotage.guards import GUARDS

SAID: Final = re.compile(r"^(?:create (?:or replace )?function ([\w.]+)\(|do \$\$)", re.MULTILINE)
"""The name of each function a migration says; nothing for what it does at once."""


def function_around(guard: Guard) -> str:
    """Return the function whose body the guard stands in; empty for one in a table or a policy."""
    before = (PROJECT / guard.file).read_text(encoding="utf-8").partition(guard.old)[0]
    return SAID.findall(before)[-1] if before.count("$$") % 2 == 1 else ""


IN_FUNCTIONS: Final = [
    guard for guard in GUARDS if guard.file.endswith(".sql") and "*" not in guard.file and function_around(guard)
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_to_take_out_is_there(guard: Guard) -> None:
    assert guard.places(PROJECT)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_who_must_see_it_is_there(guard: Guard) -> None:
    file, _, test = guard.seen_by.partition("::")

    assert (PROJECT / file).is_file()
    assert f"def {test.partition('[')[0]}" in (PROJECT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("guard", IN_FUNCTIONS, ids=lambda guard: guard.name)
def test_a_guard_in_a_function_is_where_the_function_was_said_last(guard: Guard) -> None:
    """Taken out of a migration that a later one replaces, it would be missing nowhere."""
    file, function = PROJECT / guard.file, function_around(guard)
    later = (path for path in file.parent.glob("*.sql") if path.name > file.name)

    assert [path.name for path in later if function in SAID.findall(path.read_text(encoding="utf-8"))] == []


def test_no_two_guards_have_one_name() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
