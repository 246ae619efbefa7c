"""A version comes into force at one instant in every process: the router's, the ledger's and the desk's."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, Final

import httpx2
import msgspec
import pytest

from deploy.demo.city.doors import again
from services.identity.persons import give_token
from services.reference.model.rules import Rule
from services.reference.versions.content import version_of
from services.reference.versions.publish import draft, publish
from tests.journeys.running_city import Filed, RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

AREA: Final = "sub-07"
SECOND: Final = timedelta(seconds=1)
WORDS: Final = "沿街石狮子歪倒"
"""What no other rule knows: other journeys of the same system see nothing of this one."""
NEWEST: Final = "select version, content, active_from from reference.versions order by version desc limit 1"
OWNERS: Final = "select person_id from identity.list_persons() where role = 'rule_owner' order by person_id limit 2"
APPLIED: Final = "select applied_version from ledger.cases where case_id = $1"


async def switch(city: RunningCity, *, on: bool) -> datetime:
    """Let the center's leader switch the flood profile at the desk's door; return since when it is in force."""
    token = city.people.token(city.center, "center_leader")
    answer = await again(
        lambda: city.doors.http.put(
            f"{city.system.url('desk')}/api/v1/modes/flood",
            json={"on": on, "area": AREA, "reason": "气象台红色预警"},
            headers={"Authorization": f"Bearer {token}"},
        )
    )
    assert answer.status_code == httpx2.codes.OK, answer.text
    return datetime.fromisoformat(answer.json()["active_from"])


async def is_on(city: RunningCity) -> bool:
    """Whether the desk says that the profile is on."""
    token = city.people.token(city.center, "center_leader")
    url, headers = f"{city.system.url('desk')}/api/v1/modes", {"Authorization": f"Bearer {token}"}
    answer = await again(lambda: city.doors.http.get(url, headers=headers))
    profiles: list[dict[str, Any]] = answer.json()["profiles"]
    return any(AREA in profile["on_for"] for profile in profiles if profile["id"] == "flood")


async def publish_a_rule(operator: Any, active_from: datetime) -> int:
    """Publish the newest version with one rule more, as two persons."""
    row = await operator.fetchrow(NEWEST)
    version = version_of(row["content"], row["version"], row["active_from"])
    rule = Rule(id="stone-lions", order=9_999, keywords=("石狮子",), item="0107", lead="parks")
    persons = [each["person_id"] for each in await operator.fetch(OWNERS)]
    first, second = [(await give_token(operator, person, timedelta(days=30))).token_hash for person in persons]
    drafted = await draft(operator, msgspec.structs.replace(version, rules=(*version.rules, rule)), "狮子", first)
    return (await publish(operator, drafted, active_from, second)).number


async def lead_of(city: RunningCity, filed: Filed) -> str:
    found: str = await city.superuser.fetchval("select lead from ledger.cases where case_id = $1", filed.case_id)
    return found


@pytest.fixture
async def flooded(city: RunningCity) -> AsyncIterator[RunningCity]:
    yield city
    await city.pass_time(until=await switch(city, on=False))


async def test_router_ledger_and_desk_follow_a_version_from_the_same_instant_on(flooded: RunningCity) -> None:
    city = flooded
    open_case = await city.report("路边雨水箅被树叶堵住", item="0203", **city.a_grid(AREA))
    usual = await city.due_at(open_case, "handling", "drainage")
    active_from = await switch(city, on=True)
    number = await publish_a_rule(city.superuser, active_from)

    await city.pass_time(until=active_from - SECOND)
    before = await city.report(WORDS, **city.a_grid(AREA))
    assert await lead_of(city, before) != "parks"
    assert await city.due_at(open_case, "handling", "drainage") == usual
    assert not await is_on(city)

    await city.pass_time(until=active_from)
    after = await city.report(WORDS, **city.a_grid(AREA))
    await eventually(lambda: city.superuser.fetchval(f"{APPLIED} and applied_version = {number}", open_case.case_id),
                     within_seconds=60)  # fmt: skip

    assert await lead_of(city, after) == "parks"
    assert await city.due_at(open_case, "handling", "drainage") == active_from + timedelta(hours=2)
    assert await is_on(city)
    seen = await city.seen_by("drainage", open_case)
    due = [clock["due_at"] for clock in seen["clocks"] if (clock["kind"], clock["unit"]) == ("handling", "drainage")]
    assert [datetime.fromisoformat(each) for each in due] == [active_from + timedelta(hours=2)]
    # What was decided before keeps its rule; what was open before keeps its lead.
    assert await lead_of(city, before) != "parks"
