"""What a fact says of a case's clocks."""

from msgspec.structs import replace

from services.ledger.domain.stating import snapshot
from tests.builders import a_dispatched_case
from tests.unit.ledger.cases import CaseInTest

URGENT = replace(a_dispatched_case().limits, sign_in="2uh")


def test_a_fact_says_by_whose_working_days_a_limit_counts_and_nothing_of_one_that_counts_at_night() -> None:
    clocks = CaseInTest(limits=URGENT).opened.clocks

    assert {clock.kind: clock.day_and_night for clock in clocks} == {
        "promise": False,
        "sign_in": True,
        "handling": False,
    }
    assert {clock.calendar for clock in clocks} == {None}, "by the case's own version"


def test_a_limit_that_counts_by_another_versions_working_days_names_it() -> None:
    clocks = CaseInTest(limits=URGENT).taken.clocks

    assert {clock.kind: snapshot(clock, 7).calendar for clock in clocks} == {
        "promise": 1,
        "sign_in": None,
        "handling": 1,
    }
