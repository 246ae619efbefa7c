"""Reports about one thing become one case, and two again: clocks, parts, reporters, guards."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.events import ReportFollowedUp
from services.ledger.domain.acts import Asker, RefusedError, SignIn
from services.ledger.domain.life.acts import Merge, Unmerge
from services.ledger.domain.life.finishing import take_follow_up
from services.ledger.domain.life.merging import Merging, close_together, may_merge_by_itself, merge, others_of
from services.ledger.domain.life.table import perform
from services.ledger.domain.life.transition import Asked
from services.ledger.domain.settling import settle
from services.ledger.domain.taken import SYSTEM
from services.reference.model.duplicates import DuplicatePolicy
from tests.builders import MONDAY_NOON, a_city, a_report, an_id
from tests.unit.ledger import lives
from tests.unit.ledger.cases import CaseInTest

POLICY = DuplicatePolicy(automatic=True)
STREET = Asker(
    person_id=an_id("street"), unit="sub-01", role="subdistrict_officer", units=("sub-01",), lanes=("ordinary",)
)


def a_case(name: str, **report: Any) -> CaseInTest:
    return CaseInTest(name=name, report=a_report(name, **report))


def merged(one: CaseInTest, other: CaseInTest, share: float | None = 0.9) -> None:
    merge(one.taken, other.taken, Merging(actor=SYSTEM, now=MONDAY_NOON, share=share, reason="同一事项"))


def asked(act: Any, beside: CaseInTest, after: timedelta = timedelta(0)) -> Asked:
    return Asked(
        act=act, asker=STREET, now=MONDAY_NOON + after, city=a_city(), beside={beside.taken.case.case_id: beside.taken}
    )


def test_the_earlier_case_goes_on_for_both_reporters() -> None:
    first, second = a_case("first"), a_case("second", channel="hotline")

    merged(second, first)

    row = second.taken.case
    assert (second.state, row.duplicate_of, second.taken.open_assignments()) == ("merged", first.id, [])
    assert [report.report_id for report in first.taken.case.reports] == [first.id, second.id]
    assert (second.said, first.said) == (["Merged"], ["ReportJoined"])
    (running,) = [clock for clock in second.taken.clocks if clock.stopped_at is None]
    assert (running.kind, running.next_at) == ("promise", None)


def test_a_merged_case_owes_no_step_however_late_it_gets() -> None:
    first, second = a_case("first"), a_case("second")
    merged(second, first)

    assert settle(second.taken, MONDAY_NOON + timedelta(days=60), a_city()) == 0


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        pytest.param({"lane": "petition"}, "across-lanes", id="another-lane"),
        pytest.param({"accused": ("sanitation",)}, "other-accused", id="somebody-is-accused-in-one-only"),
    ],
)
def test_some_cases_are_never_merged_by_whomever(changes: dict[str, Any], slug: str) -> None:
    first, second = a_case("first"), a_case("second", **changes)

    with pytest.raises(RefusedError) as refused:
        merged(second, first, share=None)

    assert (refused.value.slug, second.state) == (slug, "dispatched")


def test_what_is_merged_or_holds_others_is_not_merged_again() -> None:
    first, second, third = a_case("first"), a_case("second"), a_case("third")
    merged(second, first)

    for one, other, slug in (
        (second, third, "merged-already"),
        (third, second, "merged-already"),
        (first, third, "holds-others"),
        (third, third, "merged-already"),
    ):
        with pytest.raises(RefusedError) as refused:
            merged(one, other)
        assert refused.value.slug == slug


def test_nobody_goes_on_with_a_case_that_has_ended() -> None:
    with pytest.raises(RefusedError) as refused:
        merged(a_case("second"), lives.closed())

    assert refused.value.slug == "has-ended"


def test_the_system_merges_only_what_nobody_has_begun_to_work_on() -> None:
    first, second = a_case("first"), a_case("second")
    alike = may_merge_by_itself(second.taken, first.taken, POLICY)
    second.act(SignIn(), "drainage")

    assert (alike, may_merge_by_itself(second.taken, first.taken, POLICY)) == (1.0, None)


def test_a_merged_case_ends_with_the_one_that_went_on_and_its_promise_with_it() -> None:
    first, second = a_case("first"), a_case("second")
    merged(second, first)
    first.taken.case.closed_at = at = MONDAY_NOON + timedelta(days=1)

    close_together(second.taken, first.taken, at + timedelta(minutes=1))
    close_together(second.taken, first.taken, at + timedelta(minutes=2))

    assert (second.taken.case.closed_at, second.clock("promise").stopped_at) == (at, at)
    assert second.said == ["Merged", "ClosedTogether"]


def test_taken_apart_it_has_the_due_dates_it_always_had_and_owes_only_what_comes() -> None:
    first, second = a_case("first"), a_case("second")
    due = {clock.key: clock.due_at for clock in second.taken.clocks}
    merged(second, first)

    later = timedelta(hours=26)  # the handling limit has passed meanwhile, the promise has not
    act = Unmerge(survivor=str(first.id), reason="不是同一件事")
    perform(second.taken, asked(act, first, later))

    row = second.taken.case
    assert (second.state, row.duplicate_of, row.attempt) == ("dispatched", None, 2)
    assert second.clock("handling", "drainage", 2).due_at == due["handling", "drainage", 1]
    assert second.clock("promise").due_at == due["promise", "", 1]
    assert all(c.next_at > MONDAY_NOON + later for c in second.taken.clocks if c.next_at is not None)
    assert all(part.due_at == due["handling", part.unit, 1] for part in second.taken.open_assignments())
    assert [report.report_id for report in first.taken.case.reports] == [first.id]
    assert second.said == ["Merged", "Unmerged", "Dispatched"]


def test_who_sorts_what_came_in_merges_and_names_the_other_case() -> None:
    first, second = a_case("first"), a_case("second")
    act = Merge(into=str(first.id), reason="同一事项")

    with pytest.raises(RefusedError) as refused:
        perform(second.taken, asked(Merge(into=str(an_id("third")), reason="同一事项"), first))
    perform(second.taken, asked(act, first))

    assert refused.value.slug == "no-such-other-case"
    assert (second.state, others_of(act)) == ("merged", (first.id,))


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_new_facts_on_a_case_that_has_its_result_begin_it_again(state: Any) -> None:
    case = lives.closed()
    case.taken.case.state = state
    told = ReportFollowedUp(
        event_id=an_id("told"), report_id=case.id, case_id=case.id, at=MONDAY_NOON, kind="facts", text="又漏水了"
    )

    take_follow_up(case.taken, told, MONDAY_NOON + timedelta(days=3), a_city())

    assert (case.state, case.taken.case.closed_at) == ("dispatched", None)
    assert case.said[-3:] == ["FollowedUp", "Reopened", "Dispatched"]
    assert case.clock("promise", cycle=2).started_at == MONDAY_NOON + timedelta(days=3)


def test_a_rating_begins_nothing_again() -> None:
    case = lives.closed()
    told = ReportFollowedUp(
        event_id=an_id("told"), report_id=case.id, case_id=case.id, at=MONDAY_NOON, kind="rating", rating=1
    )

    take_follow_up(case.taken, told, MONDAY_NOON + timedelta(days=3), a_city())

    assert case.state == "closed"
