"""The table of guards follows the code: each guard's text stands where the table says, each test is there."""

import pytest

from deploy.embedded.state import PROJECT
from tests.sabotage.guard import Guard
from tests.sabotage.guards import GUARDS


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_to_take_out_is_there(guard: Guard) -> None:
    assert guard.places(PROJECT)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_who_must_see_it_is_there(guard: Guard) -> None:
    file, _, test = guard.seen_by.partition("::")

    assert (PROJECT / file).is_file()
    assert f"def {test.partition('[')[0]}" in (PROJECT / file).read_text(encoding="utf-8")


def test_no_two_guards_have_one_name() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
