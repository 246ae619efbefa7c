"""X-06: clock vectors across suspension and holiday."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

FRIDAY = "2026-02-13 01:00:00+00"
"""09:00 in the district, the last ordinary working day before the spring festival (2026-02-15 to 23)."""
EXTENSION = {"type": "ask_extension", "by": "2wd", "reason": "备件在途"}
SUSPENSION = {"type": "ask_suspension", "reason": "等待节后开工", "condition": "节后开工"}
GRANTED = {"type": "review", "granted": True, "reason": "情况属实"}


async def on_friday(office: Office) -> None:
    office.at(FRIDAY)
    accepted_at = datetime(2026, 2, 13, 1, 0, tzinfo=UTC)
    await office.open("case", cooperating=(), report={"accepted_at": accepted_at})
    await office.act("drainage", "sign_in", 1)


async def act(office: Office, who: str, act: dict[str, Any]) -> Any:
    revision = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()["revision"]
    return await office.act(who, act, revision)


def due(office: Office, kind: str = "handling") -> str:
    sql = (
        f"select to_char(due_at at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') from ledger.clocks where kind = '{kind}'"
    )
    return office.database.run_sql(sql).strip()


async def test_over_the_holiday_a_suspension_stops_the_clock_for_the_working_hours_between(office: Office) -> None:
    await on_friday(office)
    assert due(office) == "02-14 09:00"  # a Saturday that is worked

    office.at("2026-02-13 09:00:00+00")  # 17:00: six hours used, two left
    await act(office, "drainage", SUSPENSION)
    await act(office, "drainage_too", GRANTED)
    suspended = await act(office, "center", GRANTED)
    office.at("2026-02-24 02:00:00+00")  # Tuesday after the holiday, 10:00
    nothing = await office.settling.settle_due(1_000)
    resumed = await act(office, "center", {"type": "resume", "reason": "已开工"})

    assert (suspended.json()["state"], nothing.steps, resumed.json()["state"]) == ("suspended", 0, "in_progress")
    assert due(office) == "02-24 12:00"
    assert due(office, "promise") == "02-25 12:00"


async def test_by_its_date_a_suspended_case_goes_on_by_itself(office: Office) -> None:
    await on_friday(office)
    until = {**SUSPENSION, "until": "2026-02-24T00:00:00Z"}
    for who, what in (("drainage", until), ("drainage_too", GRANTED), ("center", GRANTED)):
        assert (await act(office, who, what)).status_code == 200

    steps = await office.settle("2026-02-24 00:00:01+00")

    assert steps == 1
    assert office.count("ledger.cases where state = 'in_progress'") == 1
    assert office.count("ledger.steps where kind = 'resume' and owed_at = '2026-02-24 00:00:00+00'") == 1


async def test_a_suspension_needs_two_approvals(office: Office) -> None:
    await on_friday(office)
    await act(office, "drainage", SUSPENSION)

    early = await act(office, "center", GRANTED)
    first = await act(office, "drainage_too", GRANTED)
    twice = await act(office, "drainage_too", GRANTED)

    assert [answer.status_code for answer in (early, first, twice)] == [403, 200, 403]
    assert first.json()["state"] == "suspension_requested"


async def test_more_time_is_granted_twice_by_another_person_and_no_third_time(office: Office) -> None:
    await on_friday(office)
    for expected in ("02-25 09:00", "02-27 09:00"):
        asked = await act(office, "drainage", EXTENSION)
        by_themselves = await act(office, "drainage", GRANTED)
        granted = await act(office, "center", GRANTED)
        assert [answer.status_code for answer in (asked, by_themselves, granted)] == [200, 403, 200]
        assert due(office) == expected

    third = await act(office, "drainage", EXTENSION)

    assert (third.status_code, third.json()["type"]) == (409, "/problems/extended-enough")


@pytest.mark.parametrize(
    ("at", "ask", "status", "slug"),
    [
        pytest.param("2026-02-14 01:00:01+00", EXTENSION, 409, "/problems/extension-too-late", id="after-the-limit"),
        pytest.param(FRIDAY, {"type": "ask_extension", "by": "2wd"}, 422, "/problems/invalid", id="without-a-reason"),
    ],
)
async def test_more_time_is_asked_for_in_time_and_with_a_reason(
    office: Office, at: str, ask: dict[str, str], status: int, slug: str
) -> None:
    await on_friday(office)
    office.at(at)

    answer = await act(office, "drainage", ask)

    assert (answer.status_code, answer.json()["type"]) == (status, slug)


async def test_asked_in_time_the_overdue_steps_wait_for_the_decision_one_working_day_at_most(office: Office) -> None:
    await on_friday(office)
    office.at("2026-02-14 00:30:00+00")  # half an hour before it is due
    await act(office, "drainage", EXTENSION)

    before = await office.settle("2026-02-24 00:29:59+00")
    limit = "ledger.steps where kind = 'handling' and step = 'limit'"
    held, after = office.count(limit), await office.settle("2026-02-24 00:30:00+00")

    assert held == 0
    assert after > 0, before
    assert office.count(limit) == 1
