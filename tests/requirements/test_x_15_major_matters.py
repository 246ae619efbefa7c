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


async def pushed(city: RunningCity, attempt: int) -> tuple[str, dict[str, Any], float]:
    """Report a road collapse; return its number, its row in the leader's feed, and the seconds until that was shown."""
    form = {"text": "路面塌陷，有车陷入", "channel": "one_key", "item": ROAD_COLLAPSE, **city.a_grid("sub-01")}
    began = time.monotonic()
    receipt = await city.doors.report(form, key=f"major-{attempt}", address="10.9.1.1")

    async def shown() -> dict[str, Any] | None:
        rows = await feed_of(city, "center_leader")
        return next((row for row in rows if row["number"] == receipt.number), None)

    row: dict[str, Any] = await eventually(shown, within_seconds=60)
    return receipt.number, row, time.monotonic() - began


async def test_a_road_collapse_is_in_the_leaders_feed_within_five_seconds(city: RunningCity) -> None:
    number, row, took = await pushed(city, 1)
    for attempt in (2, 3):  # a busy machine is late now and then, a slow product always
        if took > SECONDS_MAX:
            number, row, took = await pushed(city, attempt)

    assert took <= SECONDS_MAX
    assert (row["what"], row["item"]) == ("major_matter", ROAD_COLLAPSE)
    notices = "select count(*) from ledger.notices where convert_from(body, 'UTF8')::jsonb ->> 'subject' = $1"
    assert await city.superuser.fetchval(notices, number) == 1
