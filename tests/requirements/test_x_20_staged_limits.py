"""X-20: staged limits (stop / penalise / demolish): an illegal building has 3 due times."""

from datetime import datetime, timedelta

import pytest

from services.contracts.events.dispatch import Limits, StagedLimit
from services.contracts.events.moves import StageReached
from services.ledger.domain.acts import Handle, ReachStage, RefusedError, Return, SignIn
from services.ledger.domain.life.opening import open_next
from tests.builders import MONDAY_NOON, a_city, a_dispatched_case
from tests.environment.database import Database
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.reference.town import HERE, ITEMS, MORNING, a_version, item
from tests.unit.worktime.calendars import local
from tests.wire.ledger.moving_town import a_town

STAGES = (StagedLimit("制止", "4wh"), StagedLimit("处罚", "7wd"), StagedLimit("拆除", "15wd"))
LIMITS = Limits(promise="23wd", sign_in="1wd", handling="15wd", verification="2wd", follow_up="3wd", stages=STAGES)
HOUR = timedelta(hours=1)
DUE = [local("2026-03-02 15:00"), local("2026-03-11 09:00"), local("2026-03-23 09:00")]
"""Reported on Monday 2026-03-02 at 09:00: 4 working hours, 7 and 15 working days."""


@pytest.fixture
def building() -> CaseInTest:
    return CaseInTest(item="1302", limits=LIMITS, cooperating=())


def due_times(case: CaseInTest) -> list[datetime]:
    return [clock.due_at for clock in case.taken.clocks if clock.kind in ("stage", "handling")]


def test_an_illegal_building_has_three_due_times(building: CaseInTest) -> None:
    assert sorted(due_times(building)) == DUE
    assert {clock.stage: clock.due_at for clock in building.taken.clocks if clock.kind == "stage"} == {
        "制止": DUE[0],
        "处罚": DUE[1],
    }


def test_each_stage_that_is_missed_climbs_for_itself(building: CaseInTest) -> None:
    steps = building.settle(DUE[1])

    limits = [(step.cycle, step.owed_at) for step in steps if (step.clock, step.step) == ("stage", "limit")]
    assert limits == [(1, DUE[0]), (2, DUE[1])]
    assert not [step for step in steps if (step.clock, step.step) == ("handling", "limit")]


def test_a_stage_that_was_met_in_time_owes_nothing_and_the_next_ones_run_on(building: CaseInTest) -> None:
    building.act(SignIn(), "drainage", after=HOUR)
    building.act(ReachStage(stage="制止", measure="现场制止施工"), "drainage", after=2 * HOUR)

    steps = building.settle(DUE[1])

    assert [(step.cycle, step.step) for step in steps if step.clock == "stage" and step.step == "limit"] == [
        (2, "limit")
    ]
    reached = [getattr(stated.event, "what", None) for stated in building.taken.facts]
    assert reached[-1 - len(steps)] == StageReached(unit="drainage", stage="制止", measure="现场制止施工", on_time=True)


def test_what_is_no_open_stage_is_refused_with_those_that_are(building: CaseInTest) -> None:
    building.act(SignIn(), "drainage", after=HOUR)

    with pytest.raises(RefusedError, match="open are: 制止, 处罚"):
        building.act(ReachStage(stage="拆除", measure="已经拆除"), "drainage", after=HOUR)


def test_the_stages_end_with_the_handling_they_lead_to(building: CaseInTest) -> None:
    building.act(SignIn(), "drainage", after=HOUR)
    building.act(Handle(**ANSWER), "drainage", after=2 * HOUR)

    assert list(building.taken.running("stage")) == []


def test_the_next_department_has_the_stages_anew(building: CaseInTest) -> None:
    building.act(Return(reason="不属于我单位", suggested="municipal_works"), "drainage", after=HOUR)
    again = a_dispatched_case(attempt=2, lead="municipal_works", cooperating=(), limits=LIMITS)

    open_next(building.taken, again, MONDAY_NOON + HOUR, a_city())

    running = [(clock.unit, clock.stage) for clock in building.taken.running("stage")]
    assert running == [("municipal_works", "制止"), ("municipal_works", "处罚")]


async def test_the_three_due_times_stand_in_the_ledger(database: Database) -> None:
    staged = item("1302", "drainage", limit="15wd", stages=STAGES, urgency="complex")
    async with a_town(database, a_version(catalogue=(*ITEMS, staged)), MORNING) as town:
        await town.open("case", item="1302", place=HERE)
        await town.open("case", item="1302", place=HERE)

        clocks = await town.rows("select kind, stage, cycle from ledger.clocks where kind in ('stage', 'handling')")
        assert sorted(clocks) == [("handling", "", 1), ("stage", "制止", 1), ("stage", "处罚", 2)]
        town.at(MORNING + timedelta(days=1))
        await town.settling.settle_due(10)
        assert await town.rows("select cycle, step from ledger.steps where kind = 'stage' order by version") == [
            (1, "reminder"),
            (1, "limit"),
        ]
