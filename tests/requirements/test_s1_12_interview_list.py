"""S1-12: an interview list is proposed with facts, confirmed by a person; without confirmation nothing is sent.

A unit that draws three red steps in a month is proposed for an interview (domain §6.4).
"""

import msgspec
import pytest

from services.contracts.events import NoticeIssued
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

NOTICES = "select convert_from(body, 'UTF8') from ledger.notices"


def interviews(office: Office) -> list[NoticeIssued]:
    """Return the interviews that anybody was told of."""
    lines = office.database.run_sql(NOTICES).strip().splitlines()
    notices = [msgspec.json.decode(line, type=NoticeIssued) for line in lines]
    return [notice for notice in notices if notice.kind == "interview"]


async def three_no_shows(office: Office) -> None:
    """Let three whistles be blown to which no department comes."""
    await office.open("one", "two", "three")
    await office.settle("2026-03-03 02:00:00+00")
    await office.settle("2026-03-04 03:00:00+00")


async def test_three_red_steps_propose_an_interview_that_a_person_confirms(office: Office) -> None:
    await three_no_shows(office)
    waiting = (await office.get("leader", "/api/v1/proposals")).json()["rows"]
    sent_before = interviews(office)

    (mine,) = [row for row in waiting if row["proposal"]["unit"] == "sanitation"]
    number = mine["proposal"]["number"]
    name = next(name for name in ("one", "two", "three") if name in mine["number"])
    act = {"type": "decide", "proposal": number, "confirm": True, "reason": "本月三次未到，约谈主要负责人"}
    answer = await office.act("leader", act, revision=mine["revision"], case=name)

    assert (mine["proposal"]["kind"], mine["proposal"]["because"], sent_before) == ("interview", "reds", [])
    assert answer.status_code == 200, answer.text
    (sent,) = interviews(office)
    assert (sent.units, sent.facts["unit"]) == (("sanitation", "district_command_center"), "sanitation")
    confirmed = "jsonb_path_query(proposals, '$[*] ? (@.state == \"confirmed\").reason')"
    decided = office.database.run_sql(f"select {confirmed} from ledger.cases")
    assert "约谈主要负责人" in decided


async def test_what_is_declined_is_sent_to_nobody(office: Office) -> None:
    await three_no_shows(office)
    waiting = (await office.get("leader", "/api/v1/proposals")).json()["rows"]

    for row in waiting:
        name = next(name for name in ("one", "two", "three") if name in row["number"])
        act = {"type": "decide", "proposal": row["proposal"]["number"], "confirm": False, "reason": "已另行处理"}
        await office.act("leader", act, revision=row["revision"], case=name)

    assert interviews(office) == []
