"""Category and place put right: what they were is kept, the rules decide again, the promise stays where it was."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.events import CaseReturned, Limits, Place
from services.contracts.events.life import Corrected
from services.ledger.domain.acts import Dispatch, RefusedError, Return
from services.ledger.domain.life.acts import Correct
from services.ledger.domain.life.opening import open_next
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import Blow
from services.reference.deciding.organisation import Organisation
from tests.builders import MONDAY_NOON, a_city, a_dispatched_case, a_report
from tests.unit.ledger import lives
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.unit.ledger.lives import HOUR, LEAD, OPERATOR, STREET, act
from tests.unit.reference.town import UNITS

COORDINATOR = ("sub-01", "subdistrict_coordinator")
ITEM = Correct(reason="群众说的是路灯", item="0501")
THERE = Place(longitude=113.1, latitude=41.0, grid="grid-0101-11", community="com-0101", subdistrict="sub-01")


def in_the_town() -> CaseInTest:
    return CaseInTest(a_gridded_city(), report=a_report(place=THERE))


def correction_of(case: CaseInTest) -> Corrected:
    said = (getattr(stated.event, "what", None) for stated in case.taken.facts)
    return next(what for what in said if isinstance(what, Corrected))


def asked_of(case: CaseInTest) -> CaseReturned:
    event = case.taken.facts[-1].event
    assert isinstance(event, CaseReturned)
    return event


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(LEAD, id="the-leads-clerk"),
        pytest.param(COORDINATOR, id="the-streets-coordinator"),
        pytest.param(OPERATOR, id="the-center"),
    ],
)
def test_a_corrected_category_is_decided_again_and_the_old_one_is_kept(who: tuple[str, ...]) -> None:
    case = lives.in_progress()
    promised = case.clock("promise").due_at

    act(case, ITEM, who)

    said, asked = correction_of(case), asked_of(case)
    assert (said.item_before, said.item, said.reason, said.attempt_asked) == ("0203", "0501", ITEM.reason, 2)
    assert (asked.item, asked.attempt, asked.tried, asked.corrected) == ("0501", 2, (), True)
    assert (case.state, case.taken.case.lead, case.taken.case.attempt_awaited) == ("in_progress", "drainage", 2)
    assert case.clock("promise").due_at == promised


def test_the_answer_of_the_rules_brings_the_right_items_limits_and_leaves_the_promise() -> None:
    case = act(lives.in_progress(), ITEM, OPERATOR)
    promised = case.clock("promise")
    due_at = promised.due_at
    limits = Limits(promise="2wd", sign_in="1uh", handling="2uh", verification="1wd", follow_up="1wd")
    again = a_dispatched_case(attempt=2, lead="sanitation", item="0501", urgency="emergency", limits=limits)

    open_next(case.taken, again, MONDAY_NOON + 2 * HOUR, case.city)

    row = case.taken.case
    assert (row.lead, row.item, row.urgency, case.state) == ("sanitation", "0501", "emergency", "dispatched")
    assert (promised.due_at, promised.stopped_at) == (due_at, None)
    assert case.clock("handling", "sanitation", cycle=2).due_at < case.clock("handling", "drainage").due_at


def test_a_place_in_another_subdistrict_takes_the_case_there_and_shows_it_to_both_until_then() -> None:
    case = in_the_town()

    act(case, Correct(reason="在路的另一侧", ground="sub-02", address="北街 8 号"), STREET)

    row, said = case.taken.case, correction_of(case)
    assert said.place_before == THERE
    assert said.place == Place(subdistrict="sub-02", address="北街 8 号")  # a point elsewhere says nothing of it
    assert row.subdistrict == "sub-02"
    assert {"sub-01", "sub-02"} <= set(row.units)
    open_next(case.taken, a_dispatched_case(attempt=2, report=asked_of(case).report), MONDAY_NOON + HOUR, case.city)
    assert "sub-01" not in row.units


def test_a_pin_says_in_which_grid_it_lies() -> None:
    case = CaseInTest(a_city(organisation=Organisation(UNITS)), report=a_report(place=THERE))

    act(case, Correct(reason="在邻近网格", longitude=113.125, latitude=41.005), STREET)

    place = Place(longitude=113.125, latitude=41.005, grid="grid-0201-01", community="com-0201", subdistrict="sub-02")
    assert correction_of(case).place == place
    assert asked_of(case).report.place == place


def test_a_smaller_place_in_the_same_ground_is_kept() -> None:
    with pytest.raises(RefusedError) as refused:
        act(in_the_town(), Correct(reason="就在本街道", ground="com-0101"), STREET)

    assert refused.value.slug == "nothing-corrected"


def test_another_address_in_the_same_grid_moves_nobody() -> None:
    case = in_the_town()
    said = len(case.taken.facts)

    act(case, Correct(reason="门牌写错", address="南街 6 号"), LEAD)

    assert case.said[said:] == ["Corrected"]
    assert case.taken.case.attempt_awaited is None
    assert case.taken.decision.report.place.address == "南街 6 号"


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        pytest.param(Correct(reason="没有不同", item="0203"), "nothing-corrected", id="nothing-is-different"),
        pytest.param(Correct(reason="目录之外", item="9999"), "unknown-item", id="an-item-nobody-knows"),
        pytest.param(Correct(reason="不在本区", ground="drainage"), "unknown-ground", id="no-ground"),
        pytest.param(Correct(reason="只有经度", longitude=113.1), "half-a-point", id="half-a-point"),
        pytest.param(
            Correct(reason="在海里", longitude=0.0, latitude=0.0), "outside-the-district", id="outside-the-district"
        ),
    ],
)
def test_what_cannot_be_right_is_refused(asked: Correct, slug: str) -> None:
    case = in_the_town()

    with pytest.raises(RefusedError) as refused:
        act(case, asked, STREET)

    assert refused.value.slug == slug
    assert case.taken.case.version == 1


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(("municipal_works", "clerk"), id="a-cooperating-department"),
        pytest.param(("sub-02", "subdistrict_officer"), id="another-street"),
        pytest.param(("sub-01", "grid_worker"), id="a-grid-worker"),
    ],
)
def test_who_has_nothing_to_do_with_the_lead_corrects_nothing(who: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError) as refused:
        act(lives.in_progress(), ITEM, who)

    assert refused.value.slug == "not-yours-to-do"


def test_the_lead_corrects_only_while_it_could_return_the_case() -> None:
    with pytest.raises(RefusedError) as refused:
        act(lives.in_progress(), ITEM, LEAD, after=timedelta(days=4))
    assert refused.value.slug == "return-too-late"

    assert act(lives.in_progress(), ITEM, STREET, after=timedelta(days=4)).taken.case.attempt_awaited == 2


def test_a_finally_designated_lead_does_not_get_rid_of_the_case_by_a_correction() -> None:
    case = act(lives.dispatched(), Dispatch(lead="drainage", reason="指定承办", final=True), OPERATOR)

    with pytest.raises(RefusedError) as refused:
        act(case, ITEM, LEAD)

    assert refused.value.slug == "finally-designated"


def answered(case: CaseInTest, attempt: int, lead: str) -> None:
    open_next(case.taken, a_dispatched_case(attempt=attempt, lead=lead, item="0501"), MONDAY_NOON + HOUR, case.city)


def test_corrections_by_three_leads_end_in_a_problem_ticket() -> None:
    case = act(lives.dispatched(), ITEM, LEAD)
    answered(case, 2, "sanitation")
    act(case, Return(reason="不归我们", suggested="traffic_police"), ("sanitation", "clerk"))
    answered(case, 3, "traffic_police")

    act(case, Correct(reason="仍是积水", item="0203"), ("traffic_police", "clerk"))

    assert case.taken.case.problem_ticket
    assert (case.taken.case.lead, case.state) == (CENTER, "consulting")
    assert correction_of(case).item == "0501"
    assert case.taken.case.item == "0203"


def test_a_lead_that_gets_the_corrected_case_again_has_not_passed_it_on() -> None:
    case = act(lives.dispatched(), ITEM, LEAD)

    answered(case, 2, "drainage")

    assert case.taken.case.tried == []


@pytest.mark.parametrize("start", [lives.returned, lives.extension_requested, lives.suspension_requested])
def test_what_was_asked_before_is_overtaken(start: Any) -> None:
    case = start()

    act(case, ITEM, OPERATOR)

    assert case.taken.case.request is None
    assert not list(case.taken.running("review"))
    assert case.state in {"dispatched", "in_progress"}
    assert "RequestWithdrawn" in case.said


def test_a_decision_asked_for_before_the_correction_comes_too_late() -> None:
    case = act(lives.returned(), ITEM, OPERATOR)
    awaited = case.taken.case.attempt_awaited

    answered(case, 2, "sanitation")

    assert awaited == 3
    assert (case.taken.case.lead, case.taken.case.attempt) == ("drainage", 1)


def test_the_street_that_whistled_ends_its_whistle_before_the_case_leaves_it() -> None:
    case = in_the_town()
    act(case, Blow(kind="public_demand", reason="积水", called=("drainage",)), COORDINATOR)

    with pytest.raises(RefusedError) as refused:
        act(case, Correct(reason="在邻街", ground="sub-02"), OPERATOR)

    assert refused.value.slug == "whistle-is-open"
