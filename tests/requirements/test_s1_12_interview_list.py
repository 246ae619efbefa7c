"""S1-12: an interview list is proposed with facts, confirmed by a person; without confirmation nothing is sent.

A unit that draws three red steps in a month is proposed for an interview (domain §6.4).
"""

from datetime import datetime

import msgspec
import pytest

from services.appraisal.domain.bulletin import Bulletin, canonical
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of
from services.appraisal.store.workbook import workbook_of
from services.contracts.events import NoticeIssued
from services.contracts.events.progress import StepTaken
from services.contracts.events.whistles import ProposalDecided
from services.reference.model.appraising import AppraisalPolicy
from tests.unit.appraisal.stories import Story
from tests.wire.appraisal.room import ZONE
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Pages

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


MARCH = period_of("2026-03", ZONE)


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


def a_bulletin(*, confirmed: bool) -> Bulletin:
    """March with one interview about drainage, decided on the 21st."""
    step = StepTaken("promise", "", 1, "interview_proposal", march(20), "red", proposal="interview", proposal_number=1)
    case = Story("1", march(2), march(6)).then(step, march(20))
    record = case.then(ProposalDecided(1, "interview", confirmed=confirmed, reason="属实"), march(21)).record(
        MARCH.ends
    )
    assert record is not None
    town = Town(version=1, policy=AppraisalPolicy(), names={}, kinds={"drainage": "department"})
    return compile_bulletin(Month(period=MARCH, weeks=(), records=[record], refusals=(), town=town))


def publish(office: Office, bulletin: Bulletin) -> None:
    office.database.run_sql(
        "insert into appraisal.bulletins (period, body, workbook, published_at, published_by) values"
        f" ('2026-03', '\\x{canonical(bulletin).hex()}', '\\x{workbook_of(bulletin).hex()}', '2026-04-01',"
        " gen_random_uuid())"
    )


RESULT = {
    "item": "interview/drainage", "held_on": "2026-03-25", "present": "排水中心主任、分管副主任",
    "what": "一周内补齐值守，每日报送进度", "until_on": "2026-04-10",
}  # fmt: skip


async def test_the_result_of_an_interview_is_recorded_with_day_people_and_limit(office: Office) -> None:
    bulletin = a_bulletin(confirmed=True)
    publish(office, bulletin)
    office.at("2026-04-02 02:00:00+00")
    pages = Pages(office)
    leader, clerk = await pages.browser_of("leader"), await pages.browser_of("drainage")
    for browser in (leader, clerk):
        await browser.get("/bulletin/2026-03/outcomes?item=interview/drainage")
    assert ('name="present"' in leader.page, 'name="present"' in clerk.page) == (True, False)

    lacking = [await leader.post("/bulletin/2026-03/outcomes", {**RESULT, name: ""}) for name in ("held_on", "present")]
    ahead = await leader.post("/bulletin/2026-03/outcomes", {**RESULT, "held_on": "2026-04-03"})
    theirs = await clerk.post("/bulletin/2026-03/outcomes", RESULT)
    done = await leader.post("/bulletin/2026-03/outcomes", RESULT)
    again = await leader.post("/bulletin/2026-03/outcomes", {**RESULT, "what": "复查：已补齐", "until_on": ""})
    await clerk.get("/bulletin/2026-03")

    statuses = [answer.status_code for answer in (*lacking, ahead, theirs, done, again)]
    assert statuses == [422, 422, 422, 403, 303, 303]
    assert all(word in clerk.page for word in ("一周内补齐值守", "2026-04-10", "复查：已补齐"))
    assert (await clerk.get("/bulletin/2026-03.json")).content == canonical(bulletin)
    assert office.count("appraisal.outcomes where held_on = '2026-03-25' and present like '排水%'") == 2
    with pytest.raises(Exception, match="what was published stays"):
        office.database.run_sql("update appraisal.outcomes set what = 'other'")


async def test_of_an_interview_that_nobody_confirmed_there_is_no_result(office: Office) -> None:
    publish(office, a_bulletin(confirmed=False))
    office.at("2026-04-02 02:00:00+00")
    leader = await Pages(office).browser_of("leader")
    await leader.get("/bulletin/2026-03")

    answer = await leader.post("/bulletin/2026-03/outcomes", RESULT)

    assert (answer.status_code, office.count("appraisal.outcomes")) == (404, 0)
