"""What a person may do, as the page offers it: never less than the ledger allows, never what would change nothing."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.desk.domain.permitted import ACT_TYPES, permitted
from services.ledger.domain.acts import Asker, DeliverPart, Handle, RefusedError, SignIn
from services.ledger.domain.whistle.acts import Blow, ReportIn
from tests.builders import a_report, an_id
from tests.unit.ledger.cases import ANSWER, CaseInTest

BODIES: dict[str, dict[str, Any]] = {
    "return": {"reason": "不归我们", "suggested": "traffic_police"},
    "dispatch": {"lead": "traffic_police", "reason": "改派"},
    "whistle": {"kind": "public_demand", "reason": "多日未办"},
    "deliver_part": {"measure": "已清扫"},
    "handle": ANSWER,
    "verify": {"done": True},
    "supervise": {"reason": "群众反映"},
    "note": {"kind": "log", "text": "已到现场"},
    "refuse_call": {"reason": "正在处置另一处险情"},
    "joint_result": {"result": "联合清理完毕"},
    "evaluate": {
        "number": 1,
        "unit": "drainage",
        "punctuality": 5,
        "effort": 4,
        "result": 4,
        "satisfaction": 5,
    },
    "wrong_whistle": {"number": 1, "reason": "一家单位即可处置"},
    "decide": {"proposal": 1, "confirm": True, "reason": "同意"},
    "step_up": {"reason": "本级无力解决"},
    "reach_stage": {"stage": "制止", "measure": "已责令停工"},
    "reject": {"because": "statutory_channel", "explanation": "应当走诉讼渠道"},
    "hand_over": {"to": "119", "note": "现场起火"},
    "resolve_on_spot": {"measure": "当场清走"},
    "consult": {"reason": "职责不清"},
    "ask_extension": {"by": "1wd", "reason": "备件在途"},
    "ask_suspension": {"reason": "等待供暖季", "condition": "供暖开始"},
    "ask_termination": {"reason": "无法办理"},
    "review": {"granted": True, "reason": "同意"},
    "resume": {"reason": "条件已具备"},
    "explain": {"talked_with": "报告人王某", "text": "当面说明"},
    "reopen": {"because": "new_facts", "reason": "又堵了"},
    "follow_up": {"answer": "satisfied"},
    "ask_exclusion": {"because": "beyond_policy", "reason": "超出政策"},
    "correct": {"reason": "群众说的是路灯", "item": "0501"},
    "review_exclusion": {"granted": True, "reason": "属实"},
    "inspect": {"passed": True},
}
PEOPLE = {
    "drainage": "clerk",
    "municipal_works": "clerk",
    "sub-01": "subdistrict_officer",
    "district_command_center": "center_operator",
}


def an_asker(unit: str) -> Asker:
    role = PEOPLE[unit]
    return Asker(person_id=an_id(unit), unit=unit, role=role, units=(unit,), lanes=("ordinary",), roles=(role,))


def just_opened() -> CaseInTest:
    return CaseInTest()


def whistled() -> CaseInTest:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(Blow(kind="public_demand", reason="多日未办"), "sub-01", "subdistrict_coordinator")
    case.act(ReportIn(), "drainage")
    return case


def handled() -> CaseInTest:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(SignIn(), "municipal_works")
    case.act(DeliverPart(measure="已清扫"), "municipal_works")
    case.act(Handle(**ANSWER), "drainage")
    return case


@pytest.mark.parametrize("make", [just_opened, whistled, handled])
@pytest.mark.parametrize("unit", PEOPLE)
def test_what_is_offered_is_exactly_what_the_ledger_takes(make: Any, unit: str) -> None:
    offered = set(permitted(make().taken.document, an_asker(unit)))

    taken = {kind for kind in ACT_TYPES if takes(make(), kind, unit)}
    assert offered == taken


def takes(case: CaseInTest, kind: str, unit: str) -> bool:
    body = BODIES.get(kind, {})
    if kind == "assign_branch":  # a department's own part, back to itself
        part = unit if unit in case.city.departments else "drainage"
        body = {"unit": part, "branch": part}
    other = CaseInTest(name="other", report=a_report("other"))
    if kind in {"merge", "unmerge"}:
        body = {"into" if kind == "merge" else "survivor": str(other.id), "reason": "同一事项"}
    act: Any = msgspec.convert({"type": kind, **body}, ACT_TYPES[kind])
    try:
        case.act(act, unit, PEOPLE[unit], after=timedelta(minutes=1), beside=other)
    except RefusedError:
        return False
    return True
