"""S4-07: on-spot for items of tier > G refused."""

import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

ON_THE_SPOT = {"type": "resolve_on_spot", "measure": "当场清走堆物", "talked_with": "住户王某", "attachments": []}


@pytest.mark.parametrize("tier", ["C", "S", "D"])
async def test_what_is_beyond_the_grid_is_not_solved_on_the_spot(office: Office, tier: str) -> None:
    await office.open("case", tier=tier)

    answer = await office.act("drainage", ON_THE_SPOT)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/beyond-the-grid")
    assert office.count("ledger.facts") == 1


async def test_a_matter_of_the_grid_is_solved_on_the_spot_and_looked_at_by_the_community(office: Office) -> None:
    await office.open("case", tier="G", cooperating=())

    solved = await office.act("drainage", ON_THE_SPOT)
    looked_at = await office.act("community", {"type": "verify", "done": True}, solved.json()["revision"])

    assert (solved.json()["state"], looked_at.json()["state"]) == ("resolved_on_spot", "closed")


async def test_a_sample_that_is_not_in_order_goes_back(office: Office) -> None:
    await office.open("case", tier="G", cooperating=())
    solved = await office.act("drainage", ON_THE_SPOT)

    again = {"type": "verify", "done": False, "note": "仍有堆物"}
    answer = await office.act("community", again, solved.json()["revision"])

    assert answer.json()["state"] == "rework"


@pytest.mark.parametrize(("tier", "state"), [("G", "resolved_on_spot"), ("D", "dispatched")])
async def test_a_report_that_says_solved_counts_only_for_the_grid(office: Office, tier: str, state: str) -> None:
    said = {"on_the_spot": True, "reporter_kind": "grid_worker"}
    await office.open("case", report=said, tier=tier, cooperating=())

    page = (await office.get("drainage", f"/api/v1/cases/{an_id('case')}/timeline")).json()

    opened = page["entries"][2]
    assert opened["state"] == state
    assert any("solved on the spot" in note for note in opened["why"]["notes"]) == (tier == "D")
