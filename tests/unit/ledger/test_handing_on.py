"""A called department ends while its whistle is open: its successor is waited for, until the same instant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.ledger.domain.acts import RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.moving import Coming, catch_up
from services.ledger.domain.state import CENTER
from services.ledger.domain.whistle.acts import Blow, Evaluate, RecordResult, ReportIn
from services.reference.deciding.organisation import Organisation
from services.reference.model.organisation import Unit
from tests.builders import MONDAY_NOON, a_report
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.gridded_town import UNITS, a_gridded_city

COORDINATOR = ("sub-01", "subdistrict_coordinator")
LATER = MONDAY_NOON + timedelta(minutes=10)
SEWERS = Unit(id="sewers", name_zh="sewers", kind="department", parent="drainage")
"""A department under another one, which has what it had when it ends."""


def the_city(number: int, *ended: str) -> City:
    """Return the town with its sewers, without the units that have ended."""
    units = [unit for unit in (*UNITS, SEWERS) if unit.id not in ended]
    known = Organisation(units)
    departments = frozenset(known.departments())
    ids = frozenset(known.units)
    return replace(a_gridded_city(), number=number, organisation=known, departments=departments, units=ids)


def whistled(*called: str, accused: tuple[str, ...] = ()) -> CaseInTest:
    case = CaseInTest(the_city(1), lead="sanitation", cooperating=(), report=a_report(accused=accused))
    case.act(Blow(kind="public_demand", reason="多日未办", called=called), *COORDINATOR)
    return case


def end(case: CaseInTest, *ended: str) -> None:
    """Let a version come into force in which units are no more."""
    case.city = the_city(2, *ended)
    catch_up(case.taken, LATER, the_city(1), [Coming(city=case.city, active_from=LATER)])


def states_of(case: CaseInTest) -> dict[str, str]:
    return {call.unit: call.state for call in case.taken.document.calls}


def test_the_successor_is_waited_for_until_the_same_instant_and_reports_in() -> None:
    case = whistled("sewers", "sanitation")
    due_at = case.clock("report_in", "sewers").due_at

    end(case, "sewers")

    assert states_of(case) == {"sewers": "handed_on", "sanitation": "called", "drainage": "called"}
    assert case.clock("report_in", "sewers").stopped_at == LATER
    assert (case.clock("report_in", "drainage").due_at, case.clock("report_in", "drainage").next_step) == (
        due_at,
        "no_show",
    )
    assert {"drainage", "drainage@sub-01"} <= set(case.taken.case.units)
    case.act(ReportIn(place="路口"), "drainage@sub-01", after=timedelta(minutes=20))
    assert states_of(case)["drainage"] == "reported_in"


def test_a_successor_that_does_not_come_is_a_no_show_once() -> None:
    case = whistled("sewers")
    end(case, "sewers")

    case.settle(case.clock("report_in", "drainage").due_at)

    assert states_of(case) == {"sewers": "handed_on", "drainage": "no_show"}


def test_who_is_called_anyway_is_not_called_twice() -> None:
    case = whistled("sewers", "drainage")

    end(case, "sewers")

    assert states_of(case) == {"sewers": "handed_on", "drainage": "called"}


def test_the_command_center_answers_for_whom_nobody_succeeds() -> None:
    case = whistled("traffic_police", "sanitation")

    end(case, "traffic_police")

    assert states_of(case)[CENTER] == "called"


def test_an_accused_successor_is_not_called() -> None:
    case = whistled("sewers", "sanitation", accused=("drainage",))

    end(case, "sewers")

    assert "drainage" not in states_of(case)
    assert "drainage" not in case.taken.case.units


def test_who_came_before_it_ended_has_come() -> None:
    case = whistled("sewers")
    case.act(ReportIn(), "sewers", after=timedelta(minutes=5))

    end(case, "sewers")

    assert states_of(case) == {"sewers": "reported_in"}


def test_an_office_that_ended_is_no_longer_waited_for_in_its_departments_name() -> None:
    case = whistled("drainage")

    end(case, "drainage@sub-01")

    (call,) = case.taken.document.calls
    assert (call.state, call.branch) == ("called", None)


def test_an_ended_department_is_not_judged_and_the_judging_ends_without_it() -> None:
    case = whistled("sewers")
    end(case, "sewers")
    case.act(RecordResult(result="积水已排"), *COORDINATOR, after=timedelta(minutes=30))
    judged = {"number": 1, "punctuality": 5, "effort": 5, "result": 5, "satisfaction": 5}

    with pytest.raises(RefusedError, match="not called"):
        case.act(Evaluate(unit="sewers", **judged), *COORDINATOR, after=timedelta(minutes=31))  # type: ignore[arg-type]
    case.act(Evaluate(unit="drainage", **judged), *COORDINATOR, after=timedelta(minutes=31))  # type: ignore[arg-type]

    assert case.taken.document.whistles[0].evaluated_at is not None
