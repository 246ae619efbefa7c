"""S4-03: publish recall/precision; no merge across sensitivity or grids far apart; unmerge possible.

The messages are our own, five clusters among others; any labelled file is read the same way.
"""

from pathlib import Path
from typing import Any, Final

import pytest

from services.contracts.events import Place, ReportFollowedUp
from tests.builders import MONDAY_NOON, an_id
from tests.environment.database import Database
from tests.wire.desk.office import ANSWER, Office
from tests.wire.ledger.alike import Room, a_room
from tests.wire.whistle.command_line import CommandLine

LABELLED: Final = Path(__file__).parent / "labelled" / "clusters.csv"


def test_recall_and_precision_of_any_labelled_file() -> None:
    told = CommandLine({}).told("dedup", "evaluate", str(LABELLED))

    assert (told["rows"], told["refused"], len(told["clusters"])) == (82, 0, 5)
    # As ADR 0010 says: the system alone merges next to nothing but the same words; people get the rest proposed.
    assert told["merged"]["precision"] == 1.0
    assert told["merged"]["recall"] >= 0.06
    assert told["merged_or_proposed"]["recall"] >= 0.6
    assert told["merged_or_proposed"]["precision"] >= 0.8
    assert all(each["found_together"] >= each["reports"] - 1 for each in told["clusters"])


def test_a_row_without_a_time_is_refused_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text("text,time,place,cluster\n水管爆了,2026-03-02T09:00,桥西路,a\n水管爆了,昨天,桥西路,a\n")

    told = CommandLine({}).told("dedup", "evaluate", str(file))

    assert [(each["row"], told["rows"]) for each in told["refusals"]] == [(3, 1)]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"lane": "stability", "text": None}, id="across-sensitivity"),
        pytest.param({"place": Place(grid="grid-9", community="com-0109", subdistrict="sub-01")}, id="a-grid-far-away"),
    ],
)
async def test_some_things_are_never_merged(database: Database, changes: dict[str, Any]) -> None:
    async with a_room(database) as room:
        await room.open("first")
        await room.open("second", **changes)

        assert await room.look() == 0
        assert room.office.count("ledger.cases where duplicate_of is not null") == 0


@pytest.mark.postgres
async def test_what_was_merged_can_be_taken_apart(database: Database) -> None:
    async with a_room(database) as room:
        await room.open("first", "second")
        await room.look()
        merged, survivor = await _pair(room)

        apart = {"type": "unmerge", "survivor": str(an_id(survivor)), "reason": "两处漏水"}
        answer = await room.office.act("street", apart, 2, case=merged)

        assert answer.json()["state"] == "dispatched", answer.text
        assert await room.look() == 0, "what a person took apart the system does not merge again"


async def _pair(room: Room) -> tuple[str, str]:
    (merged,) = [name for name in ("first", "second") if room.state(name) == "merged"]
    (survivor,) = {"first", "second"} - {merged}
    return merged, survivor


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["closed", "archived"])
async def test_new_facts_reopen_a_case_that_has_its_result(office: Office, state: str) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", "sign_in", 1)
    await office.act("drainage", ANSWER, 2)
    revision = (await office.act("street", {"type": "verify", "done": True}, 3)).json()["revision"]
    if state == "archived":
        await office.act("center", {"type": "follow_up", "answer": "satisfied"}, revision)
    assert office.database.run_sql("select state from ledger.cases") == state
    told = ReportFollowedUp(
        event_id=an_id("told"), report_id=an_id("case"), case_id=an_id("case"), at=MONDAY_NOON, kind="facts",
        text="昨夜又漏水了",
    )  # fmt: skip

    async with office.openings.gate() as gate:
        await gate.keep_followups([told])

    (row,) = await office.queue("drainage")
    entries = (await office.get("drainage", f"/api/v1/cases/{an_id('case')}/timeline")).json()["entries"]
    said = [(entry["what"]["type"], entry["what"].get("reason")) for entry in entries[-3:]]
    assert (row["state"], row["expected"]) == ("dispatched", "sign_in")
    assert said == [("followed_up", None), ("reopened", "昨夜又漏水了"), ("dispatched", None)]
    assert office.count("ledger.clocks where kind = 'promise' and stopped_at is null") == 1
