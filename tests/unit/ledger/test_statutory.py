"""Limits that the law sets stand above the city's own: no promise and no extension goes beyond them (domain §3.9)."""

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.preparing import REFERENCE
from services.ledger.domain.acts import Handle, RefusedError, SignIn, Verify
from services.ledger.domain.ladder import limit_of
from services.ledger.domain.life.acts import AskExtension
from services.reference.deciding.terms import terms_of
from services.reference.model.catalogue import Item
from services.reference.sheets.catalogue import read_catalogue
from services.worktime.arithmetic import add
from tests.builders import MONDAY_NOON, a_report, the_calendar, the_policies
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.ledger.lives import GRANTED, LEAD, OPERATOR, STREET, act

ITEMS: Final = [entry.value for entry in read_catalogue("catalogue.csv", (REFERENCE / "catalogue.csv").read_bytes())]
OF_THE_LAW: Final = [item for item in ITEMS if item.source == "L"]
POLICIES: Final = the_policies()
CALENDAR: Final = the_calendar()
SOON: Final = timedelta(minutes=1)
extensions = st.one_of(
    st.integers(1, 80).map("{}wd".format), st.integers(1, 80).map("{}d".format), st.integers(1, 200).map("{}uh".format)
)


def a_case_of(item: Item) -> CaseInTest:
    terms = terms_of(item, POLICIES)
    return CaseInTest(
        item=item.code,
        tier=terms.tier,
        urgency=terms.urgency,
        limits=terms.limits,
        report=a_report(accepted_at=MONDAY_NOON - SOON),
        cooperating=(),
        whistle_automatic=False,
    )


def refusal(case: CaseInTest, by: str) -> str | None:
    """Ask for more time; return why it was refused, or None."""
    try:
        act(case, AskExtension(by=by, reason="情况复杂"), LEAD, 2 * SOON)
    except RefusedError as refused:
        return refused.slug
    return None


@pytest.mark.parametrize("item", OF_THE_LAW, ids=lambda item: item.code)
def test_the_promise_is_no_longer_than_the_law(item: Item) -> None:
    case = a_case_of(item)

    assert case.clock("promise").due_at <= add(MONDAY_NOON - SOON, limit_of(item.limit), CALENDAR)


@pytest.mark.parametrize("item", OF_THE_LAW, ids=lambda item: item.code)
def test_a_rework_has_the_whole_limit_of_the_law(item: Item) -> None:
    case = act(act(a_case_of(item), SignIn(), LEAD, SOON), Handle(**ANSWER), LEAD, 2 * SOON)
    act(case, Verify(done=False, note="仍有积水"), STREET, 3 * SOON)

    (again,) = case.taken.running("handling")
    assert again.cycle == 2
    assert again.due_at >= add(again.started_at, limit_of(item.limit), CALENDAR)


def test_what_the_city_decided_itself_is_promised_with_its_factor() -> None:
    own = next(item for item in ITEMS if item.source != "L" and item.limit == "4wh" and item.urgency == "normal")

    assert terms_of(own, POLICIES).limits.promise == "6wh"


@given(item=st.sampled_from(OF_THE_LAW), asked=st.lists(extensions, min_size=1, max_size=3))
def test_no_extension_goes_further_than_the_law_allows(item: Item, asked: list[str]) -> None:
    case = act(a_case_of(item), SignIn(), LEAD, SOON)
    law = {clock.key: clock.due_at for clock in case.taken.clocks if clock.kind in {"promise", "handling"}}
    allowance = POLICIES.life.statutory_extensions.get(item.code)

    for by in asked:
        refused = refusal(case, by)
        assert refused is None or allowance or refused == "statutory-limit"
        if refused is None:
            act(case, GRANTED, OPERATOR, 3 * SOON)

    for clock in case.taken.clocks:
        if clock.key in law:
            latest = law[clock.key] if allowance is None else add(law[clock.key], limit_of(allowance), CALENDAR)
            assert clock.due_at <= latest


@pytest.mark.parametrize(("code", "by"), [("1901", "30wd"), ("1801", "15wd")], ids=["wages", "a-report-of-food"])
def test_what_the_law_allows_is_granted_though_the_city_allows_less(code: str, by: str) -> None:
    case = act(a_case_of(next(item for item in OF_THE_LAW if item.code == code)), SignIn(), LEAD, SOON)
    due_at = case.clock("handling", "drainage").due_at

    act(act(case, AskExtension(by=by, reason="情况复杂"), LEAD), GRANTED, OPERATOR)

    assert case.clock("handling", "drainage").due_at == add(due_at, limit_of(by), CALENDAR)
    with pytest.raises(RefusedError, match="at most"):
        act(case, AskExtension(by="1wd", reason="情况复杂"), LEAD)


def test_each_extension_the_policies_name_is_of_an_item_of_the_law() -> None:
    assert POLICIES.life.statutory_extensions.keys() <= {item.code for item in OF_THE_LAW}
