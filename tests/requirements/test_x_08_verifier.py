"""X-08: attempt refused."""

from typing import Any, Final

import pytest

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from tests.builders import an_id
from tests.component.intake.window import Window
from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

DONE = {"type": "verify", "done": True}
SOLVED: Final[dict[str, Any]] = {"on_the_spot": True, "channel": "grid_worker", "reporter_kind": "grid_worker"}


async def test_who_handled_does_not_verify(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=())
    await office.act("street", "sign_in", 1)
    await office.act("street", ANSWER, 2)

    by_themselves = await office.act("street", DONE, 3)
    by_another = await office.act("center", DONE, 3)

    assert (by_themselves.status_code, by_themselves.json()["type"]) == (403, "/problems/not-yours-to-do")
    assert by_another.json()["state"] == "closed"


async def test_who_handled_again_after_rework_does_not_verify_either(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=())
    await office.act("street", "sign_in", 1)
    await office.act("street", ANSWER, 2)
    await office.act("center", {"type": "verify", "done": False, "note": "仍有积水"}, 3)
    await office.act("street", ANSWER, 4)

    answer = await office.act("street", DONE, 5)

    assert answer.status_code == 403


async def test_who_solved_it_on_the_spot_does_not_look_at_it(office: Office) -> None:
    await office.open("case", lead="com-0101", tier="G", cooperating=())
    await office.act("community", {"type": "resolve_on_spot", "measure": "当场清走"}, 1)

    answer = await office.act("community", DONE, 2)

    assert answer.status_code == 403


async def reported(name: str, **fields: Any) -> ReportReceived:
    """Report at the window with a person's token; return what travels."""
    door = Window()
    answer = await door.report(token=door.token(name).secret, channel="grid_worker", **fields)
    assert answer.status_code == 201, answer.text
    (row,) = door.reports.rows.values()
    return decode(row.body, ReportReceived)


async def test_a_report_names_the_person_only_who_says_that_it_is_solved() -> None:
    solved, seen = await reported("worker", on_the_spot=True), await reported("worker")

    assert (solved.report.reported_by, seen.report.reported_by) == (an_id("worker"), None)


async def test_who_reported_it_as_solved_does_not_look_at_it(office: Office) -> None:
    office.hire("colleague", "com-0101", "community_officer")
    said = {**SOLVED, "has_contact": False, "reported_by": an_id("person community")}
    await office.open("case", lead="com-0101", tier="G", cooperating=(), report=said)

    queues = [await office.queue(who, expected="verify") for who in ("community", "colleague")]
    by_themselves = await office.act("community", DONE, 1)
    by_another = await office.act("colleague", DONE, 1)

    assert [len(queue) for queue in queues] == [0, 1]
    assert (by_themselves.status_code, by_themselves.json()["type"]) == (403, "/problems/not-yours-to-do")
    assert by_another.json()["state"] == "closed"


async def test_who_reported_it_as_solved_may_look_when_a_department_did_it(office: Office) -> None:
    """Only what is of the grid is solved on the spot: of a department's matter somebody else is the handler."""
    said = {**SOLVED, "reported_by": an_id("person street")}
    await office.open("case", tier="D", cooperating=(), report=said)
    await office.act("drainage", "sign_in", 1)
    await office.act("drainage", ANSWER, 2)

    assert (await office.act("street", DONE, 3)).json()["state"] == "closed"
