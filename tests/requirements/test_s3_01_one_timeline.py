"""S3-01: run one case through real processes: six events in order on the bus, visible in one timeline."""

from datetime import datetime
from typing import Any, Final

import httpx2
import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.doors import again
from services.contracts.codec import key_of
from services.contracts.flow import FLOW
from services.ledger.domain.acts import Handle, SignIn, Verify
from services.ledger.domain.life.acts import FollowUp
from tests.journeys.running_city import Filed, RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

ANSWER: Final = Handle(
    accepted_when="周一上午九点受理", talked_with="电话联系反映人", measure="已清掏雨水箅子", done_by="当日办结"
)
SAGA: Final = ("report.received", "dispatched", "opened", "handled", "follow_up_called", "followed_up")
"""群众诉求、系统派单、综合受理、矛盾调处、跟踪反馈、监督评价, as the bus names them."""


async def test_one_case_goes_its_way_over_the_bus_and_stands_in_one_timeline(city: RunningCity) -> None:
    filed = await city.report("雨水箅子堵塞，路边积水", item="0203", **city.a_grid("sub-03"))
    await city.in_queue_of("drainage", filed)
    await city.act(filed, "drainage", SignIn())
    await city.act(filed, "drainage", ANSWER)
    await city.act(filed, "sub-03", Verify(done=True, note="现场已退水"), "subdistrict_officer")
    await city.act(filed, "sub-03", FollowUp(answer="satisfied"), "subdistrict_officer")
    await city.doors.rate(filed.receipt.tracking_code, 5, key="saga-rating", address="10.9.8.1")
    await city.quiet.wait()

    on_the_bus = await messages_of(city, filed)

    names = [name for _, name in on_the_bus]
    assert [name for name in names if name in SAGA] == list(SAGA)
    timeline = await timeline_of(city, filed)
    told = [entry["what"]["type"] for entry in timeline["entries"]]
    assert told == ["reported", "accepted", "opened", "signed_in", "handled", "verified", "closed",
                    "follow_up_called", "archived", "followed_up"]  # fmt: skip
    assert all(entry["who"]["role"] for entry in timeline["entries"])


async def messages_of(city: RunningCity, filed: Filed) -> list[tuple[datetime, str]]:
    """Return every message with the case's id as its key, in the order in which the facts became true."""
    topics = [hop.topic for hop in FLOW if hop.topic != "notice.issued.v1"]
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=city.system.values["WHISTLE_KAFKA"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    found: list[tuple[datetime, int, str]] = []
    async with consumer:
        places = consumer.assignment()
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [of_record(place.topic, each.value) for each in records if each.key == key_of(filed.case_id)]
    return [(at, name) for at, _, name in sorted(found)]


def of_record(topic: str, value: bytes) -> tuple[datetime, int, str]:
    """Return when the fact became true, its place among those of one instant, and its name."""
    told: dict[str, Any] = msgspec.json.decode(value)
    if topic == "case.progressed.v1":
        return datetime.fromisoformat(told["at"]), told["version"] + 1, told["what"]["type"]
    at = told.get("at") or told["report"]["accepted_at"]
    order = {"report.received.v1": -2, "case.dispatched.v1": -1}.get(topic, 0)
    name = topic.removesuffix(".v1")
    return datetime.fromisoformat(at), order, "dispatched" if name == "case.dispatched" else name


async def timeline_of(city: RunningCity, filed: Filed) -> dict[str, Any]:
    url = f"{city.doors.desk}/api/v1/cases/{filed.case_id}/timeline"
    headers = {"Authorization": f"Bearer {city.people.works_in('sub-03')}"}
    answer = await again(lambda: city.doors.http.get(url, headers=headers))
    assert answer.status_code == httpx2.codes.OK
    found: dict[str, Any] = answer.json()
    return found
