"""S4-01: unresolved at level 3 by day's end climbs one level a step, never skips, never beyond the subdistrict.

Not without a reason: from there on a person passes it on, to the command center and to the leader.
"""

from datetime import timedelta
from typing import Any

import pytest

from services.ledger.domain.acts import Handle, RefusedError, SignIn
from services.ledger.domain.ladder import day_end
from services.ledger.domain.whistle.acts import StepUp
from tests.builders import a_report, the_calendar
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.unit.worktime.calendars import local

EVENINGS = [local(f"2026-03-0{day} 18:00") for day in (2, 3, 4)]
WAY_UP = ["grid-0101-11", "grid-0101-10", "grid-0101-00", "sub-01"]
HOUR = timedelta(hours=1)


def at_level_three(**decision: Any) -> CaseInTest:
    return CaseInTest(a_gridded_city(), lead="grid-0101-11", cooperating=(), **decision)


def test_each_evening_it_climbs_one_level_and_stops_at_the_subdistrict() -> None:
    case = at_level_three()
    promised = case.clock("promise").due_at

    for evening, below, above in zip(EVENINGS, WAY_UP, WAY_UP[1:], strict=False):
        assert not [step for step in case.settle(evening - timedelta(microseconds=1)) if step.rise]
        (step,) = [step for step in case.settle(evening) if step.rise]

        assert (step.owed_at, step.rise.old_lead, step.rise.lead) == (evening, below, above)  # type: ignore[union-attr]
        assert case.taken.lead_assignment().unit == case.taken.case.lead == above

    case.settle(EVENINGS[-1] + timedelta(days=30))
    assert case.taken.case.lead == "sub-01"
    assert case.clock("promise").due_at == promised


def test_after_three_evenings_nobody_looked_it_has_climbed_only_once_and_skips_nothing() -> None:
    case = at_level_three()

    rises = [step.rise for step in case.settle(EVENINGS[2]) if step.rise]

    assert [(rise.old_lead, rise.lead) for rise in rises] == [("grid-0101-11", "grid-0101-10")]


def test_what_is_resolved_before_the_days_end_stays() -> None:
    case = at_level_three()
    case.act(SignIn(), "grid-0101-11", "grid_worker", after=HOUR)
    case.act(Handle(**ANSWER), "grid-0101-11", "grid_worker", after=2 * HOUR)

    case.settle(EVENINGS[2])

    assert case.taken.case.lead == "grid-0101-11"


def test_above_the_subdistrict_it_goes_with_a_reason_only_up_to_the_leader() -> None:
    case = at_level_three()
    people = [("grid-0101-11", "grid_worker"), ("grid-0101-10", "grid_worker"), ("grid-0101-00", "grid_worker"),
              ("sub-01", "subdistrict_officer"), ("district_command_center", "center_operator")]  # fmt: skip

    for hours, (unit, role) in enumerate(people):
        with pytest.raises(RefusedError):
            case.act(StepUp(reason="本级无力解决"), "sanitation", after=hours * HOUR)
        case.act(StepUp(reason=f"{unit} 无力解决"), unit, role, after=hours * HOUR)

    facts = [stated.event.what for stated in case.taken.facts]  # type: ignore[attr-defined]
    told = [(fact.rise.lead, fact.rise.to_leader, fact.reason) for fact in facts]
    assert [lead for lead, _, _ in told] == [*WAY_UP[1:], "district_command_center", "district_command_center"]
    assert [to_leader for _, to_leader, _ in told] == [False, False, False, False, True]
    assert told[3][2] == "sub-01 无力解决"
    assert [proposal.kind for proposal in case.taken.proposals] == ["express"]
    assert set(WAY_UP) <= set(case.taken.case.units)


def test_an_accused_level_is_passed_over() -> None:
    case = at_level_three(report=a_report(accused=("grid-0101-10",)))

    case.settle(EVENINGS[0])

    assert case.taken.case.lead == "grid-0101-00"


@pytest.mark.parametrize(
    ("opened", "ends"),
    [
        pytest.param("2026-03-02 17:59", "2026-03-02 18:00", id="a-minute-before-closing"),
        pytest.param("2026-03-02 18:00", "2026-03-03 18:00", id="at-closing"),
        pytest.param("2026-02-13 19:00", "2026-02-14 18:00", id="the-next-day-is-a-make-up-day"),
        pytest.param("2026-02-14 19:00", "2026-02-24 18:00", id="before-a-holiday"),
    ],
)
def test_the_days_end_is_closing_time_of_a_working_day(opened: str, ends: str) -> None:
    assert day_end(local(opened), the_calendar()) == local(ends)
