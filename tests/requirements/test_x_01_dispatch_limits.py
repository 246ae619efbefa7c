"""X-01: dispatch <= 1 h / 2 h / 24 h by urgency (Beijing DB11/T 2021)."""

from datetime import timedelta

import pytest

from services.contracts.events.dispatch import Urgency
from services.ledger.domain.acts import Dispatch
from tests.builders import MONDAY_NOON
from tests.environment.database import Database
from tests.unit.ledger.cases import CaseInTest
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.wire.ledger.moving_town import a_town

CENTER = "district_command_center"
HOUR = timedelta(hours=1)


def unruled(urgency: Urgency) -> CaseInTest:
    """Return a case that no rule decides: the command center has to dispatch it."""
    return CaseInTest(lead=CENTER, cooperating=(), consulting=True, urgency=urgency)


@pytest.mark.parametrize(
    ("urgency", "hours"),
    [
        pytest.param("emergency", 1, id="emergencies-within-one-hour"),
        pytest.param("sensitive", 1, id="stability-within-one-hour"),
        pytest.param("urgent", 2, id="water-power-gas-heat-within-two-hours"),
        pytest.param("normal", 24, id="ordinary-matters-within-a-day"),
    ],
)
def test_what_no_rule_decides_is_urged_when_the_limit_of_its_urgency_passes(urgency: Urgency, hours: int) -> None:
    case = unruled(urgency)
    limit = MONDAY_NOON + hours * HOUR

    early = [step.clock for step in case.settle(limit - timedelta(seconds=1))]
    late = [(step.clock, step.unit, step.step) for step in case.settle(limit)]

    assert "dispatch" not in early
    assert ("dispatch", CENTER, "urge") in late


def test_a_case_dispatched_in_time_owes_nothing_more() -> None:
    case = unruled("emergency")
    case.act(Dispatch(lead="drainage", reason="属排水管理职责"), CENTER, "center_operator", after=HOUR / 2)

    late = case.settle(MONDAY_NOON + 2 * HOUR)

    assert [step for step in late if step.clock == "dispatch"] == []
    assert case.clock("dispatch", CENTER).stopped_at == MONDAY_NOON + HOUR / 2
    assert case.taken.case.lead == "drainage"


def test_what_a_rule_decides_is_with_its_department_at_once() -> None:
    case = CaseInTest()

    assert case.taken.case.opened_at == MONDAY_NOON
    assert not list(case.taken.running("dispatch"))


async def test_the_clock_counts_from_acceptance_through_the_whole_route(database: Database) -> None:
    async with a_town(database, a_version(), MORNING) as town:
        await town.open("unknown", item="9999", place=HERE)

        ((state, started_at, due_at),) = await town.rows(
            """select state, started_at, due_at from ledger.clocks join ledger.cases using (case_id)
            where kind = 'dispatch'"""
        )
        assert (state, started_at, due_at) == ("consulting", MORNING, MORNING + 24 * HOUR)
        town.at(due_at)
        await town.settling.settle_due(10)
        assert ("dispatch", "urge") in await town.rows("select kind, step from ledger.steps")
