"""Every fact of a case says why, or its kind says why it need not (domain §6.2)."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from services.contracts.events import CaseProgressed
from services.contracts.events.life import Reopened
from services.contracts.events.progress import ReworkOrdered, What
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.lives import act
from tests.unit.ledger.reasons import NEEDS_NONE, SAID, says_why
from tests.unit.ledger.test_life_table import ROWS


def test_of_every_kind_of_fact_it_is_said_where_its_reason_stands() -> None:
    assert SAID.keys() | NEEDS_NONE.keys() == set(get_args(What))
    assert not SAID.keys() & NEEDS_NONE.keys()


@pytest.mark.parametrize(("start", "asked", "who", "_state", "_fact"), ROWS)
def test_whatever_the_table_lets_happen_says_why(
    start: Callable[[], CaseInTest], asked: Any, who: tuple[str, ...], _state: str, _fact: str
) -> None:
    case = act(start(), asked, who)

    events = [case.opened, *(stated.event for stated in case.taken.facts)]
    assert [event.what for event in events if isinstance(event, CaseProgressed) and not says_why(event.what)] == []


def test_a_blank_is_no_reason() -> None:
    assert not says_why(ReworkOrdered(reason="  ", round=1))
    assert not says_why(Reopened(because="objection", reason=""))
