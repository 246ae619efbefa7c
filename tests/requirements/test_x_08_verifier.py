"""X-08: attempt refused."""

import pytest

from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

DONE = {"type": "verify", "done": True}


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
