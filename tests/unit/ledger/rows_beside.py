"""Rows of the transition table that stand beside handling: whistles, proposals, merging, stages, the way up."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from services.contracts.events.dispatch import Limits, StagedLimit
from services.ledger.domain.acts import ReachStage, SignIn
from services.ledger.domain.life.acts import Correct, Inspect, Merge, Unmerge
from services.ledger.domain.life.merging import Merging, merge
from services.ledger.domain.taken import SYSTEM
from services.ledger.domain.whistle.acts import (
    AssignBranch,
    Blow,
    Decide,
    Evaluate,
    FindWrong,
    RecordResult,
    RefuseCall,
    ReportIn,
    StepUp,
)
from tests.builders import MONDAY_NOON, a_report, an_id
from tests.unit.ledger import lives
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.unit.ledger.lives import LEAD, OPERATOR, STREET, act

COORDINATOR: Final = ("sub-01", "subdistrict_coordinator", "the coordinator")
WORKS: Final = ("municipal_works", "clerk")
INSPECTOR: Final = ("discipline_inspection", "inspector")
DEMAND: Final = Blow(kind="public_demand", reason="多日未办")
STAGED: Final = Limits(
    promise="23wd", sign_in="1wd", handling="15wd", verification="2wd", follow_up="3wd",
    stages=(StagedLimit("制止", "4wh"), StagedLimit("拆除", "15wd")),
)  # fmt: skip


class Paired(CaseInTest):
    """A case with an earlier one about the same thing beside it, which acts may name."""

    def __init__(self) -> None:
        super().__init__(name="later", report=a_report("later"))
        self.earlier = CaseInTest(name="earlier", report=a_report("earlier"))

    def act(self, act: Any, unit: str, role: str = "clerk", **asked: Any) -> None:
        super().act(act, unit, role, **{**asked, "beside": self.earlier})


def merged() -> CaseInTest:
    case = Paired()
    merge(case.taken, case.earlier.taken, Merging(actor=SYSTEM, now=MONDAY_NOON, share=0.9, reason="同一事项"))
    return case


def staged() -> CaseInTest:
    return act(CaseInTest(limits=STAGED, cooperating=()), SignIn(), LEAD)


def with_an_office() -> CaseInTest:
    return CaseInTest(city=a_gridded_city())


def asked_for_a_whistle() -> CaseInTest:
    return act(lives.in_progress(), DEMAND, STREET)


def whistled() -> CaseInTest:
    return act(lives.in_progress(), DEMAND, COORDINATOR)


def with_a_result() -> CaseInTest:
    return act(whistled(), RecordResult(result="联合清淤完毕"), STREET)


def row(  # one row of the table, as a sentence
    sentence: str, start: Callable[[], CaseInTest], asked: Any, who: tuple[str, ...], *ends: str
) -> Any:
    return pytest.param(start, asked, who, *ends, id=sentence.replace(" ", "-"))


BESIDE: Final = [
    row("the lead puts the category right", lives.dispatched, Correct(reason="是燃气", item="0501"), LEAD,
        "dispatched", "corrected"),
    row("an inspection finds it in order", lives.closed, Inspect(passed=True), INSPECTOR, "closed", "verified"),
    row("an inspection finds it as it was", lives.closed, Inspect(passed=False, note="仍有积水"), INSPECTOR,
        "dispatched", "dispatched"),
    row("the street merges it into an earlier one", Paired, Merge(into=str(an_id("earlier")), reason="同一处"), STREET,
        "merged", "merged"),
    row("the street takes it apart again", merged, Unmerge(survivor=str(an_id("earlier")), reason="两处"), STREET,
        "dispatched", "dispatched"),
    row("the lead meets a stage", staged, ReachStage(stage="制止", measure="现场制止"), LEAD,
        "in_progress", "stage_reached"),
    row("an officer asks for a whistle", lives.in_progress, DEMAND, STREET, "in_progress", "whistle_proposed"),
    row("the street blows the whistle", lives.in_progress, DEMAND, COORDINATOR, "in_progress", "whistle_blown"),
    row("the leader confirms what was asked for", asked_for_a_whistle, Decide(proposal=1, confirm=True), COORDINATOR,
        "in_progress", "proposal_decided"),
    row("a called department reports in", whistled, ReportIn(place="路口"), WORKS, "in_progress", "reported_in"),
    row("a called department says why not", whistled, RefuseCall(reason="不在辖区"), WORKS,
        "in_progress", "call_refused"),
    row("the joint work has its result", whistled, RecordResult(result="联合清淤完毕"), STREET,
        "in_progress", "joint_result"),
    row("the center finds a whistle wrong", whistled, FindWrong(number=1, reason="本级可办"), OPERATOR,
        "in_progress", "whistle_found_wrong"),
    row("the street judges who was called", with_a_result,
        Evaluate(number=1, unit="drainage", punctuality=4, effort=4, result=4, satisfaction=4), STREET,
        "in_progress", "department_evaluated"),
    row("the department gives it to its office", with_an_office,
        AssignBranch(unit="drainage", branch="drainage@sub-01"), LEAD, "dispatched", "branch_assigned"),
    row("the lead passes it one step up", lives.in_progress, StepUp(reason="超出权限"), LEAD,
        "dispatched", "stepped_up"),
]  # fmt: skip
