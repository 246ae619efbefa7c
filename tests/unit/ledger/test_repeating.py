"""Which case each repeat of a batch joins: the one that goes on, or none (X-11)."""

from typing import Any
from uuid import UUID

import pytest

from services.contracts.events import CaseDispatched
from services.ledger.domain.clocks import ClockMaker
from services.ledger.domain.life.opening import Opening, open_case
from services.ledger.domain.life.repeating import Repeats
from tests.builders import MONDAY_NOON, a_city, a_dispatched_case, a_report, an_id
from tests.unit.ledger.cases import CaseInTest

NAMES = ("first", "second", "third", "fourth")


class Batch:
    """Begins repeats beside a case that is open already, and says who stands where in the end."""

    def __init__(self, first: CaseInTest | None) -> None:
        known = {} if first is None else {first.id: first.id}
        self.first = first
        self.repeats = Repeats(epoch=1, survivors=known, taken={} if first is None else {first.id: first.taken})
        self.said: list[bool] = []
        """Whether the first fact of each says that it repeats: whoever reported is told so."""

    def begin(self, name: str, repeats: str, urgency: Any = "normal", **report: Any) -> None:
        report = {"repeats": an_id(repeats)} | report
        _, event = self.repeats.begin(a_dispatched_case(name, a_report(name, **report), urgency=urgency), _open)
        self.said.append(event.what.repeats is not None)  # type: ignore[union-attr]

    def join(self) -> dict[str, tuple[str, str | None]]:
        names: dict[UUID | None, str] = {an_id(name): name for name in NAMES}
        rows = [case.case for case in self.repeats.join(MONDAY_NOON)]
        return {names[row.case_id]: (row.state, names.get(row.duplicate_of)) for row in rows}


def _open(decision: CaseDispatched) -> Opening:
    return open_case(decision, MONDAY_NOON, ClockMaker(a_city()), 1)


@pytest.fixture
def batch() -> Batch:
    return Batch(CaseInTest(name="first", report=a_report("first")))


def test_who_repeats_a_repeat_of_the_same_batch_joins_the_first_case(batch: Batch) -> None:
    batch.begin("second", repeats="first")
    batch.begin("third", repeats="second")

    stand = batch.join()

    assert stand == {"first": ("dispatched", None), "second": ("merged", "first"), "third": ("merged", "first")}
    assert batch.said == [True, True]
    assert batch.first is not None
    assert [one.report_id for one in batch.first.taken.case.reports] == [
        an_id("first"),
        an_id("second"),
        an_id("third"),
    ]
    assert batch.first.said == ["ReportJoined", "ReportJoined"]


@pytest.mark.parametrize(
    "report",
    [
        pytest.param({"lane": "petition"}, id="of-another-lane"),
        pytest.param({"accused": ("drainage",)}, id="that-accuses-somebody"),
    ],
)
def test_a_repeat_that_may_not_join_is_a_case_of_its_own(batch: Batch, report: dict[str, Any]) -> None:
    batch.begin("second", repeats="first", **report)

    assert batch.join()["second"][1] is None
    assert (batch.said, batch.repeats.later) == ([False], {})


def test_a_repeat_of_what_has_ended_is_new_and_the_next_joins_it(batch: Batch) -> None:
    assert batch.first is not None
    batch.first.taken.case.state = "closed"
    batch.begin("second", repeats="first")
    batch.begin("third", repeats="second")

    assert batch.join() == {
        "first": ("closed", None), "second": ("dispatched", None), "third": ("merged", "second"),
    }  # fmt: skip
    assert batch.said == [False, True]


def test_an_emergency_stands_alone(batch: Batch) -> None:
    batch.begin("second", repeats="first", urgency="emergency")

    assert (batch.join()["second"], batch.said) == (("dispatched", None), [False])


def test_all_who_repeat_what_is_not_known_wait_for_that_and_not_for_each_other() -> None:
    batch = Batch(None)
    batch.begin("second", repeats="first")
    batch.begin("third", repeats="second")

    stand = batch.join()

    assert stand == {"second": ("dispatched", None), "third": ("dispatched", None)}
    assert batch.repeats.later == {an_id("second"): an_id("first"), an_id("third"): an_id("first")}


def test_what_was_opened_before_is_known_and_so_is_what_comes_twice(batch: Batch) -> None:
    again = a_dispatched_case("second", a_report("second", repeats=an_id("first")))
    before = batch.repeats.is_known(again)

    batch.begin("second", repeats="first")

    assert (before, batch.repeats.is_known(again), batch.repeats.is_known(a_dispatched_case("first"))) == (
        False, True, True,
    )  # fmt: skip
