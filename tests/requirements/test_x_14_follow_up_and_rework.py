"""X-14: unsatisfied -> rework -> 3rd time problem ticket."""

from datetime import datetime
from typing import Any

import pytest

from services.contracts.events import ReportFollowedUp
from tests.builders import MONDAY_NOON, an_id
from tests.wire.desk.office import ANSWER, Office

pytestmark = pytest.mark.postgres

NOT_SOLVED = {"type": "follow_up", "answer": "unsatisfied", "note": "雨后仍然积水"}
PROPOSED = """
    select p ->> 'kind', p ->> 'unit', coalesce(p ->> 'state', 'proposed')
    from ledger.cases, jsonb_array_elements(proposals) p
"""
STATE = "select state || ' ' || reworks || ' ' || problem_ticket from ledger.cases"


async def close(office: Office) -> None:
    """Let the lead answer and the street find it done."""
    for who, act in (("drainage", ANSWER), ("street", {"type": "verify", "done": True})):
        answer = await office.act(who, act, int(office.database.run_sql("select revision from ledger.cases")))
        assert answer.status_code == 200, answer.text


async def closed(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", "sign_in", 1)
    await close(office)


async def ask(office: Office, act: dict[str, Any]) -> int:
    revision = int(office.database.run_sql("select revision from ledger.cases"))
    return (await office.act("center", act, revision)).status_code


async def rate(office: Office, name: str, rating: int, text: str | None, at: datetime = MONDAY_NOON) -> None:
    rated = ReportFollowedUp(
        event_id=an_id(name), report_id=an_id("case"), case_id=an_id("case"), at=at,
        kind="rating", rating=rating, text=text,
    )  # fmt: skip
    async with office.openings.gate() as gate:
        await gate.keep_followups([rated])


async def test_whoever_has_not_answered_is_called_and_the_limit_urges_the_center(office: Office) -> None:
    await closed(office)

    (task,) = await office.queue("center", expected="follow_up")
    await office.settle("2026-03-05 09:00:00+00")

    assert (task["role"], task["expected"]) == ("following_up", "follow_up")
    assert (await office.queue("drainage"), await office.queue("street")) == ([], [])
    assert office.count("ledger.steps where kind = 'follow_up' and step = 'urge'") == 1


async def test_unsatisfied_needs_a_reason_and_is_rework_with_half_of_the_limit(office: Office) -> None:
    await closed(office)

    without = await ask(office, {"type": "follow_up", "answer": "unsatisfied"})
    assert (without, office.database.run_sql(STATE)) == (409, "closed 0 false")

    assert await ask(office, NOT_SOLVED) == 200
    assert office.database.run_sql(STATE) == "rework 1 false"
    assert [row["expected"] for row in await office.queue("drainage")] == ["handle"]
    assert await office.queue("center", expected="follow_up") == []


async def test_the_third_rework_is_a_problem_ticket(office: Office) -> None:
    await closed(office)

    seen = []
    for _ in range(3):
        await ask(office, NOT_SOLVED)
        seen.append(office.database.run_sql(STATE))
        if len(seen) < 3:
            await close(office)

    assert seen == ["rework 1 false", "rework 2 false", "consulting 3 true"]


async def test_the_problem_ticket_is_at_the_center_and_an_interview_waits_for_a_person(office: Office) -> None:
    await closed(office)
    for round_ in range(3):
        await ask(office, NOT_SOLVED)
        if round_ < 2:
            await close(office)

    case = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()
    assert case["lead"] == "district_command_center"
    assert office.database.run_sql(PROPOSED).strip() == "interview|drainage|proposed"
    assert office.count("ledger.notices") == 0


async def test_a_rating_with_a_reason_is_rework_too_and_one_without_is_called(office: Office) -> None:
    await closed(office)

    await rate(office, "first", 1, None)
    assert office.database.run_sql(STATE) == "closed 0 false"
    assert len(await office.queue("center", expected="follow_up")) == 1

    await rate(office, "second", 2, "雨后仍然积水")
    assert office.database.run_sql(STATE) == "rework 1 false"


async def test_whoever_is_content_is_not_called(office: Office) -> None:
    await closed(office)

    await rate(office, "content", 4, None)

    assert await office.queue("center", expected="follow_up") == []
    assert await office.settle("2026-03-05 09:00:00+00") == 0
