"""Cases brought to a state of their life, by the acts that lead there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from services.contracts.events.progress import State
from services.ledger.domain.acts import Handle, Return, SignIn, Verify
from services.ledger.domain.life.acts import (
    AskExtension,
    AskSuspension,
    AskTermination,
    Explain,
    FollowUp,
    HandOver,
    Reject,
    ResolveOnSpot,
    Review,
)
from services.ledger.domain.state import CENTER
from tests.builders import a_report
from tests.unit.ledger.cases import ANSWER, CaseInTest

HOUR: Final = timedelta(hours=1)
LEAD: Final = ("drainage", "clerk")
HEAD: Final = ("drainage", "unit_head", "the head of drainage")
STREET: Final = ("sub-01", "subdistrict_officer")
OPERATOR: Final = (CENTER, "center_operator")
SECOND: Final = (CENTER, "center_leader", "the center's leader")
GRANTED: Final = Review(granted=True, reason="情况属实")
REFUSED: Final = Review(granted=False, reason="理由不足")


def act(case: CaseInTest, act: object, who: tuple[str, ...], after: timedelta = HOUR) -> CaseInTest:
    """Let `who` (unit, role and, where it matters, person) act, and return the case."""
    unit, role, *person = who
    case.act(act, unit, role, after=after, person=person[0] if person else "")
    return case


def dispatched() -> CaseInTest:
    return CaseInTest()


def of_the_grid() -> CaseInTest:
    return CaseInTest(tier="G", lead="drainage", cooperating=())


def consulting() -> CaseInTest:
    return CaseInTest(lead=CENTER, cooperating=(), consulting=True)


def in_progress() -> CaseInTest:
    return act(dispatched(), SignIn(), LEAD)


def returned() -> CaseInTest:
    return act(dispatched(), Return(reason="不属于我单位职责", suggested="municipal_works"), LEAD)


def handled() -> CaseInTest:
    return act(in_progress(), Handle(**ANSWER), LEAD)


def rework() -> CaseInTest:
    return act(handled(), Verify(done=False, note="仍有积水"), STREET)


def closed() -> CaseInTest:
    return act(handled(), Verify(done=True), STREET)


def archived() -> CaseInTest:
    return act(closed(), FollowUp(answer="satisfied"), OPERATOR)


def extension_requested() -> CaseInTest:
    return act(in_progress(), AskExtension(by="1wd", reason="备件在途"), LEAD)


def suspension_requested() -> CaseInTest:
    return act(in_progress(), AskSuspension(reason="等待供暖季", condition="供暖开始"), LEAD)


def approved_by_the_head() -> CaseInTest:
    return act(suspension_requested(), GRANTED, HEAD)


def suspended() -> CaseInTest:
    return act(approved_by_the_head(), GRANTED, OPERATOR)


def explained() -> CaseInTest:
    case = in_progress()
    for _ in range(3):
        act(case, Explain(talked_with="报告人王某", text="当面说明政策"), LEAD)
    return case


def termination_requested() -> CaseInTest:
    return act(explained(), AskTermination(reason="超出现行政策"), LEAD)


def terminated() -> CaseInTest:
    return act(termination_requested(), GRANTED, OPERATOR)


def rejected() -> CaseInTest:
    return act(dispatched(), Reject(because="statutory_channel", explanation="应通过诉讼解决"), OPERATOR)


def handed_over() -> CaseInTest:
    return act(dispatched(), HandOver(to="119", note="现场起火"), OPERATOR)


def resolved_on_spot() -> CaseInTest:
    return act(of_the_grid(), ResolveOnSpot(measure="当场清走", talked_with="住户王某"), LEAD)


def unanswered() -> CaseInTest:
    """Solved on the spot, and no resident was told."""
    return act(of_the_grid(), ResolveOnSpot(measure="当场清走"), LEAD)


def reported_on_the_spot() -> CaseInTest:
    """A grid worker reported it as solved already."""
    return CaseInTest(tier="G", cooperating=(), report=a_report(on_the_spot=True, reporter_kind="grid_worker"))


IN_STATE: Final[dict[State, Callable[[], CaseInTest]]] = {
    "consulting": consulting,
    "dispatched": dispatched,
    "return_requested": returned,
    "in_progress": in_progress,
    "extension_requested": extension_requested,
    "suspension_requested": suspension_requested,
    "termination_requested": termination_requested,
    "suspended": suspended,
    "handled": handled,
    "rework": rework,
    "resolved_on_spot": resolved_on_spot,
    "closed": closed,
    "archived": archived,
    "rejected": rejected,
    "handed_over": handed_over,
    "terminated": terminated,
}
"""Every state a case can rest in. `reopened` is passed through; merged and reported cases are not the ledger's acts."""
