"""The table of guards follows the code: each guard's text stands exactly once where the table says."""

import pytest

from deploy.embedded.state import PROJECT
from tests.sabotage.guards import GUARDS, Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_to_take_out_is_there(guard: Guard) -> None:
    assert (PROJECT / guard.file).read_text(encoding="utf-8").count(guard.old) == 1
