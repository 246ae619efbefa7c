"""S3-02: closing without 回 refused for grid cases."""

import pytest

from services.contracts.events import Place
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

PLACE = Place(grid="grid-0101-11", community="com-0101", subdistrict="sub-01")
SOLVED = {"type": "resolve_on_spot", "measure": "当场清走堆物"}
ANSWERED = {**SOLVED, "talked_with": "住户王某"}
DONE = {"type": "verify", "done": True}
REPLY = "select answer ->> 'talked_with' from ledger.cases"


async def test_a_residents_matter_is_not_closed_before_the_resident_was_answered(office: Office) -> None:
    await office.open("case", tier="G", cooperating=(), report={"place": PLACE})
    await office.act("drainage", SOLVED, 1)

    refused = await office.act("community", DONE, 2)
    answered = await office.act("drainage", ANSWERED, 2)
    closed = await office.act("community", DONE, answered.json()["revision"])

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/answer-missing")
    assert (closed.json()["state"], office.database.run_sql(REPLY)) == ("closed", "住户王某")


async def test_the_answer_may_be_given_at_once(office: Office) -> None:
    await office.open("case", tier="G", cooperating=(), report={"place": PLACE})

    answered = await office.act("drainage", ANSWERED, 1)
    closed = await office.act("community", DONE, answered.json()["revision"])

    assert closed.json()["state"] == "closed"


async def test_what_a_resident_reported_together_with_a_grid_worker_is_answered_too(office: Office) -> None:
    """A contact is enough: somebody waits for the answer."""
    report = {"place": PLACE, "channel": "grid_worker", "reporter_kind": "grid_worker", "on_the_spot": True}
    await office.open("case", tier="G", cooperating=(), report={**report, "has_contact": True})

    refused = await office.act("community", DONE, 1)

    assert refused.json()["type"] == "/problems/answer-missing"


async def test_what_a_grid_worker_found_alone_owes_nobody_an_answer(office: Office) -> None:
    report = {"place": PLACE, "channel": "grid_worker", "reporter_kind": "grid_worker", "on_the_spot": True}
    await office.open("case", tier="G", cooperating=(), report={**report, "has_contact": False})

    closed = await office.act("community", DONE, 1)

    assert closed.json()["state"] == "closed"


async def test_a_reply_in_four_elements_is_the_answer(office: Office) -> None:
    await office.open("case", tier="G", lead="sub-01", cooperating=(), report={"place": PLACE})
    await office.act("street", "sign_in", 1)
    reply = {"accepted_when": "周一", "talked_with": "住户王某", "measure": "清走堆物", "done_by": "当天"}
    handled = await office.act("street", {"type": "handle", **reply}, 2)

    closed = await office.act("center", DONE, handled.json()["revision"])

    assert closed.json()["state"] == "closed"


async def test_the_case_shows_which_of_the_five_steps_were_taken(office: Office) -> None:
    """走、议、办、回、评."""
    await office.open("case", tier="G", cooperating=(), report={"place": PLACE})
    await office.act("drainage", "sign_in", 1)
    begun = await taken_steps(office)
    await office.act("drainage", ANSWERED, 2)
    answered = await taken_steps(office)

    assert begun == ["gone_there"]
    assert answered == ["gone_there", "talked", "done", "answered"]


async def taken_steps(office: Office) -> list[str]:
    case = (await office.get("street", "/api/v1/cases", number="20260302-case")).json()
    return [step["name"] for step in case["service_steps"] if step["taken"]]
