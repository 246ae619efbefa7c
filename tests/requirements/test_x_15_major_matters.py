"""X-15: major matters pushed at once, no batching: at most 5 s from intake to the leader's feed.

On the running system: every service, Kafka, PostgreSQL.
"""

import time
from typing import Any

import pytest

from services.ledger.domain.state import CENTER
from tests.journeys.running_city import RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

SECONDS_MAX = 5.0
ROAD_COLLAPSE = "0107"


async def feed_of(city: RunningCity, role: str) -> list[dict[str, Any]]:
    headers = {"Authorization": f"Bearer {city.people.token(CENTER, role)}"}
    answer = await city.doors.http.get(f"{city.system.url('desk')}/api/v1/feed", headers=headers)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


async def test_a_road_collapse_is_in_the_leaders_feed_within_five_seconds(city: RunningCity) -> None:
    form = {"text": "路面塌陷，有车陷入", "channel": "one_key", "item": ROAD_COLLAPSE, **city.a_grid("sub-01")}

    receipt = await city.doors.report(form, key="major-1", address="10.9.1.1")
    accepted = time.monotonic()

    async def shown() -> dict[str, Any] | None:
        rows = await feed_of(city, "center_leader")
        return next((row for row in rows if row["number"] == receipt.number), None)

    row: dict[str, Any] = await eventually(shown, within_seconds=SECONDS_MAX * 3)
    took = time.monotonic() - accepted

    assert took < SECONDS_MAX
    assert (row["what"], row["item"]) == ("major_matter", ROAD_COLLAPSE)
    notices = "select count(*) from ledger.notices where convert_from(body, 'UTF8')::jsonb ->> 'subject' = $1"
    assert await city.superuser.fetchval(notices, receipt.number) == 1
