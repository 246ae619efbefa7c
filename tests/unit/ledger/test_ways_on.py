"""In every state and lane, whoever leads, somebody may do what brings the case nearer its end, and sees it (X-03)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, get_args

import pytest

from deploy.demo.departments import LANE_UNITS
from deploy.demo.district import sample_district
from services.contracts.events.progress import State
from services.contracts.events.report import Lane
from services.ledger.domain.acts import Asker, Dispatch, Handle, SignIn, Verify
from services.ledger.domain.life.table import TABLE
from services.ledger.domain.state import CENTER
from tests.builders import a_report
from tests.unit.ledger.cases import CaseInTest

WAYS_ON: Final[Mapping[State, type]] = {
    "consulting": Dispatch,
    "dispatched": SignIn,
    "in_progress": Handle,
    "rework": Handle,
    "handled": Verify,
}


@pytest.fixture(scope="module")
def staff() -> tuple[Asker, ...]:
    """Everybody of the sample district, as they ask."""
    roles = defaultdict[object, list[tuple[str, str, str]]](list)
    for person in sample_district(7).persons:
        roles[person.person_id].append((person.unit, person.role, person.lane))
    return tuple(
        Asker(
            person_id=person_id,  # type: ignore[arg-type]
            unit=held[0][0],
            role=held[0][1],
            units=tuple({unit for unit, _, _ in held}),
            lanes=("ordinary", *{lane for _, _, lane in held}),
            roles=tuple({role for _, role, _ in held}),
        )
        for person_id, held in roles.items()
    )


def standing() -> Iterator[tuple[Lane, str, State]]:
    """Yield where cases stand: a sensitive one is only at the center while it is asked who takes it."""
    for lane in get_args(Lane):
        unit = LANE_UNITS[lane][0] if lane in LANE_UNITS else "drainage"
        for state in WAYS_ON:
            yield lane, CENTER, state
            if lane == "ordinary" or state != "consulting":
                yield lane, unit, state


@pytest.mark.parametrize(("lane", "lead", "state"), [*standing()])
def test_somebody_who_sees_it_may_go_on_with_it(lane: Lane, lead: str, state: State, staff: tuple[Asker, ...]) -> None:
    case = CaseInTest(report=a_report(lane=lane, text=None), lead=lead, cooperating=())
    case.taken.case.state = state
    transition = TABLE[WAYS_ON[state]]

    seeing = [one for one in staff if lane in one.lanes and {*one.units} & {*case.taken.case.units}]

    assert state in transition.source
    assert any(transition.by(case.taken, one) for one in seeing)
