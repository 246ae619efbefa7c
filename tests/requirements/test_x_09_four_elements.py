"""X-09: reply has four elements; incomplete reply refused."""

import pytest

from tests.builders import an_id
from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

ELEMENTS = ("accepted_when", "talked_with", "measure", "done_by")


async def test_a_reply_that_lacks_one_of_its_elements_is_refused_and_says_which(office: Office) -> None:
    await office.open("case")
    await office.act("drainage", "sign_in", 1)

    for element in ELEMENTS:
        missing = await office.act("drainage", {name: said for name, said in ANSWER.items() if name != element}, 2)
        empty = await office.act("drainage", {**ANSWER, element: ""}, 2)
        blank = await office.act("drainage", {**ANSWER, element: " \u3000 "}, 2)

        for answer in (missing, empty, blank):
            assert answer.status_code == 422, answer.text
            assert element in answer.text
    assert office.count("ledger.cases where state = 'in_progress'") == 1


async def test_a_whole_reply_is_kept_as_it_was_given(office: Office) -> None:
    await office.open("case")
    await office.act("drainage", "sign_in", 1)

    assert (await office.act("drainage", ANSWER, 2)).json()["state"] == "handled"

    (entry,) = [
        each["what"]
        for each in (await office.get("center", f"/api/v1/cases/{an_id('case')}/timeline")).json()["entries"]
        if each["what"]["type"] == "handled"
    ]
    assert {name: entry[name] for name in ELEMENTS} == {name: ANSWER[name] for name in ELEMENTS}
