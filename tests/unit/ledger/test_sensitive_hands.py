"""A sensitive case that its own unit does not end: the center's people of that lane decide, within the lane (S4-04)."""

from typing import Final

import pytest

from services.ledger.domain.acts import Act, Dispatch, Handle, RefusedError, SignIn, Verify
from services.ledger.domain.city import City
from services.ledger.domain.state import CENTER
from services.reference.deciding.organisation import Organisation
from services.reference.model.organisation import Unit
from tests.builders import a_city, a_report
from tests.unit.ledger.cases import ANSWER, CaseInTest

LANE: Final = "drugs"
UNITS: Final = (
    Unit(id="district", name_zh="区", kind="district"),
    Unit(id=CENTER, name_zh="区指挥中心", kind="center", parent="district"),
    Unit(id="police", name_zh="公安分局", kind="department", parent="district", lanes=(LANE,)),
    Unit(id="drainage", name_zh="排水所", kind="department", parent="district"),
)
BACK: Final = Dispatch(lead="police", reason="由公安分局继续办理")


def the_city() -> City:
    known = frozenset(unit.id for unit in UNITS)
    return a_city(organisation=Organisation(UNITS), units=known, departments=frozenset({"police", "drainage"}))


def do(case: CaseInTest, act: Act, unit: str, role: str = "clerk", *, lane: str = LANE) -> None:
    case.act(act, unit, role, person=f"{unit} {role}", lane=lane)


def thrice_reworked() -> CaseInTest:
    report = a_report(lane=LANE, text=None)
    case = CaseInTest(city=the_city(), report=report, lead="police", cooperating=())
    do(case, SignIn(), "police")
    for _ in range(3):
        do(case, Handle(**ANSWER), "police")
        do(case, Verify(done=False, note="仍未解决"), "police", "inspector")
    return case


def complained_about() -> CaseInTest:
    """A report in the lane of the very unit that it accuses."""
    report = a_report(lane=LANE, text=None, accused=("police",))
    return CaseInTest(city=the_city(), report=report, lead="police", cooperating=())


@pytest.mark.parametrize("case", [thrice_reworked, complained_about])
def test_at_the_center_it_waits_for_a_lead(case: object) -> None:
    waiting: CaseInTest = case()  # type: ignore[operator]

    assert (waiting.state, waiting.taken.case.lead) == ("consulting", CENTER)


def test_the_centers_person_of_the_lane_names_its_unit_again() -> None:
    case = thrice_reworked()

    do(case, BACK, CENTER, "center_operator")

    assert (case.state, case.taken.case.lead, case.taken.case.designated) == ("dispatched", "police", True)


def test_the_center_may_take_it_itself_and_must_where_the_unit_is_accused() -> None:
    case = complained_about()

    do(case, Dispatch(lead=CENTER, reason="指挥中心直接办理"), CENTER, "center_operator")
    do(case, SignIn(), CENTER, "center_operator")
    do(case, Handle(**ANSWER), CENTER, "center_operator")

    assert case.state == "handled"


def test_whoever_of_the_center_has_not_the_lane_decides_nothing() -> None:
    with pytest.raises(RefusedError) as refused:
        do(thrice_reworked(), BACK, CENTER, "center_operator", lane="petition")

    assert refused.value.slug == "not-yours-to-do"


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(Dispatch(lead="drainage", reason="交其办理"), id="to-lead"),
        pytest.param(Dispatch(lead="police", cooperating=("drainage",), reason="协同办理"), id="to-cooperate"),
    ],
)
def test_nobody_outside_the_lane_receives_it(act: Act) -> None:
    with pytest.raises(RefusedError) as refused:
        do(thrice_reworked(), act, CENTER, "center_operator")

    assert refused.value.slug == "outside-the-lane"
