"""What a fact says of a case's clocks."""

from msgspec.structs import replace

from tests.builders import a_dispatched_case
from tests.unit.ledger.cases import CaseInTest

URGENT = replace(a_dispatched_case().limits, sign_in="2uh")


def test_a_fact_says_by_whose_working_days_a_limit_counts_and_nothing_of_one_that_counts_at_night() -> None:
    clocks = CaseInTest(limits=URGENT).opened.clocks

    assert {clock.kind: clock.calendar for clock in clocks} == {"promise": 1, "sign_in": None, "handling": 1}
