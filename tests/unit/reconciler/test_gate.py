"""The gate: when a missing effect may be called lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reconciler.domain.backoff import PAUSE_MAX, pause_after
from services.reconciler.domain.gate import BrokerView, Gate, Leg, Place

IN: Place = ("report.received.v1", 0)
OUT: Place = ("case.dispatched.v1", 0)
PATH = (Leg(IN[0], "router"), Leg(OUT[0], "ledger"))


def seen(ends: Mapping[Place, int], router: int | None = None, ledger: int | None = None) -> BrokerView:
    committed = {
        "router": {} if router is None else {IN: router},
        "ledger": {} if ledger is None else {OUT: ledger},
    }
    return BrokerView(committed, dict.fromkeys(ends, 0), ends)


@dataclass
class Watched:
    """A gate without leeway, looked at once a second."""

    gate: Gate = field(default_factory=lambda: Gate(PATH, "100", 0.0, None))
    at: float = 0.0

    def look(self, view: BrokerView, pending_first: int | None = None, leeway: float = 0.0) -> bool:
        self.at += 1
        return self.gate.look(self.at, leeway, pending_first, view)


def test_it_opens_when_every_consumer_has_passed_the_noted_ends() -> None:
    watched = Watched()

    assert not watched.look(seen({IN: 10, OUT: 5}, router=9, ledger=5))
    assert watched.look(seen({IN: 30, OUT: 5}, router=10, ledger=5)), "later records are not waited for"
    assert watched.gate.noted == {IN: 10, OUT: 5}


def test_the_second_topic_is_noted_after_the_first_was_passed() -> None:
    watched = Watched()
    watched.look(seen({IN: 10, OUT: 5}, router=9, ledger=5))

    assert not watched.look(seen({IN: 10, OUT: 8}, router=10, ledger=7)), "the answer may be among the three"
    assert watched.look(seen({IN: 10, OUT: 8}, router=10, ledger=8))


def test_a_group_that_never_committed_stands_at_the_start() -> None:
    assert not Watched().look(seen({IN: 1, OUT: 0}))
    assert Watched().look(seen({IN: 0, OUT: 0}))


def test_what_was_pending_is_waited_for_before_anything_is_noted() -> None:
    watched = Watched(Gate(PATH, "100", 0.0, pending_last=7))

    assert not watched.look(seen({IN: 1, OUT: 0}, router=1), pending_first=7)
    assert not watched.look(seen({IN: 9, OUT: 0}, router=1), pending_first=8), "sent now; the ends are noted from here"
    assert watched.look(seen({IN: 9, OUT: 0}, router=9), pending_first=8)


def test_a_row_that_cannot_be_sent_does_not_stop_it_for_ever() -> None:
    watched = Watched(Gate(PATH, "100", 0.0, pending_last=7), at=700.0)

    assert watched.look(seen({IN: 0, OUT: 0}), pending_first=7)


def test_the_leeway_is_waited_for() -> None:
    watched = Watched()

    assert not watched.look(seen({IN: 0, OUT: 0}), leeway=2.5)
    assert not watched.look(seen({IN: 0, OUT: 0}), leeway=2.5)
    assert watched.look(seen({IN: 0, OUT: 0}), leeway=2.5)


def test_ends_that_fell_are_noted_again() -> None:
    watched = Watched()
    watched.look(seen({IN: 10, OUT: 5}, router=9, ledger=5))

    assert not watched.look(seen({IN: 2, OUT: 5}, router=10, ledger=5)), "the topic was made anew"
    assert watched.gate.noted[IN] == 2
    assert watched.look(seen({IN: 2, OUT: 5}, router=2, ledger=5))


def test_it_stays_shut_while_a_topic_does_not_exist() -> None:
    watched = Watched()

    assert not watched.look(seen({IN: 0}))
    assert not watched.look(seen({}))
    assert watched.look(seen({IN: 0, OUT: 0}))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40))
def test_it_never_opens_before_the_noted_end_was_passed(steps: list[int]) -> None:
    watched = Watched(Gate((Leg(IN[0], "router"),), "100", 0.0, None))
    committed = 0

    for step in steps:
        committed += step
        opened = watched.look(seen({IN: 100}, router=committed))
        assert opened == (committed >= 100)
        if opened:
            break


def test_the_pause_doubles_up_to_an_hour() -> None:
    leeway = timedelta(seconds=30)

    assert [pause_after(count, leeway) for count in (1, 2, 3)] == [leeway * 2, leeway * 4, leeway * 8]
    assert pause_after(50, leeway) == PAUSE_MAX
