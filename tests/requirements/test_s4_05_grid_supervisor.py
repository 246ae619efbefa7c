"""S4-05: supervisor role: sees, urges, no handling. Permission matrix."""

from typing import Any, Final

import pytest

from services.desk.domain.permitted import permitted
from services.ledger.domain.acts import Asker
from tests.builders import an_id
from tests.unit.ledger.lives import IN_STATE
from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

UNITS: Final = ("com-0101", "sub-01", "drainage", "district_command_center")
URGE: Final = {"type": "note", "kind": "urge", "text": "请尽快到场"}
LOG: Final = {"type": "note", "kind": "log", "text": "已到现场"}
BODIES: Final[tuple[dict[str, Any], ...]] = (
    {"type": "sign_in"},
    ANSWER,
    {"type": "deliver_part", "measure": "已配合"},
    {"type": "return", "reason": "职责不清", "suggested": "drainage"},
    {"type": "resolve_on_spot", "measure": "当场清走"},
    {"type": "verify", "done": True},
    {"type": "step_up", "reason": "需要上级"},
    {"type": "reject", "because": "statutory_channel", "explanation": "应通过诉讼解决"},
    {"type": "ask_extension", "by": "1wd", "reason": "备件在途"},
    LOG,
)


def supervisor(unit: str, *more: str) -> Asker:
    roles = ("grid_supervisor", *more)
    return Asker(
        person_id=an_id("supervisor"), unit=unit, role=roles[0], units=(unit,), lanes=("ordinary",), roles=roles
    )


@pytest.mark.parametrize("state", IN_STATE)
def test_in_no_state_and_no_unit_may_a_supervisor_do_more_than_urge(state: Any) -> None:
    document = IN_STATE[state]().taken.document

    assert {act for unit in UNITS for act in permitted(document, supervisor(unit))} <= {"note"}


def test_who_has_another_role_beside_works_in_that_one() -> None:
    document = IN_STATE["dispatched"]().taken.document

    assert "sign_in" in permitted(document, supervisor("drainage", "clerk"))


async def test_a_supervisor_sees_the_case_and_urges_and_handles_nothing(office: Office) -> None:
    office.hire("supervisor", "com-0101", "grid_supervisor")
    await office.open("case", lead="com-0101", tier="G", cooperating=())

    assert (await office.get("supervisor", f"/api/v1/cases/{an_id('case')}")).json()["state"] == "dispatched"
    assert (await office.act("supervisor", URGE)).status_code == 200
    for body in BODIES:
        answer = await office.act("supervisor", body)
        assert (answer.status_code, answer.json()["type"]) in {
            (403, "/problems/not-yours-to-do"),
            (409, "/problems/not-in-this-state"),
        }, body
    assert office.count("ledger.facts") == 2  # opened, urged


async def test_of_another_community_a_supervisor_sees_nothing(office: Office) -> None:
    office.hire("supervisor", "com-0201", "grid_supervisor")
    await office.open("case", lead="com-0101", tier="G", cooperating=())

    assert (await office.get("supervisor", f"/api/v1/cases/{an_id('case')}")).status_code == 404
    assert (await office.act("supervisor", URGE)).status_code == 404
