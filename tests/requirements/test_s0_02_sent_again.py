"""S0-02: send the same client id 3x over a broken connection -> 1 case."""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
import pytest

from deploy.demo.city.doors import Receipt, RefusedError
from tests.journeys.running_city import RunningCity
from tests.waiting import eventually

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

KEY = "walker-17-0042"
TEXT = "入户走访发现楼道堆放杂物第四十二户"
REPORTS = "select count(*) from intake.reports where position($1 in convert_from(body, 'UTF8')) > 0"
CASES = "select count(*) from ledger.cases where position($1 in decision::text) > 0"


async def send_and_hang_up(url: str, body: bytes, headers: Mapping[str, str], share: float) -> None:
    """Send so much of the request and close the connection without waiting for the answer."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, *(f"{name}: {text}" for name, text in headers.items()), "", ""]).encode()
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    request = head + body
    writer.write(request[: int(len(request) * share)])
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("breaks_at", [(0.5, 0.95, 1.0), (1.0, 1.0, 1.0)], ids=["while-sending", "before-the-answer"])
async def test_a_grid_workers_report_sent_again_over_a_broken_connection_is_one_case(
    city: RunningCity, breaks_at: tuple[float, ...]
) -> None:
    key, text = f"{KEY}-{breaks_at[0]}", f"{TEXT}{breaks_at[0]}"
    grid = next(unit for unit, role, _ in city.people.tokens if role == "grid_worker")
    token = city.people.token(grid, "grid_worker")
    form = {"text": text, "channel": "grid_worker", "grid": grid}
    body = msgspec.json.encode(form)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    url = f"{city.system.url('intake-api')}/api/v1/reports"

    for share in breaks_at:
        await send_and_hang_up(url, body, headers, share)

    async def receipt() -> Receipt | None:
        try:
            return await city.doors.report(form, key=key, address="10.9.2.1", token=token)
        except RefusedError as refused:  # an earlier sending is still being taken in: come again
            if "idempotency-key-undecided" not in str(refused):
                raise
            return None

    receipts: list[Receipt] = [await eventually(receipt, within_seconds=60) for _ in range(2)]

    number = {receipt.number for receipt in receipts}
    assert len(number) == 1
    case = await city.opened(number.pop())
    assert await city.superuser.fetchval(REPORTS, text) == 1
    await city.quiet.wait()
    assert await city.superuser.fetchval(CASES, text) == 1
    assert await eventually(lambda: city.superuser.fetchval("select lead from ledger.cases where case_id = $1", case),
                            within_seconds=60)  # fmt: skip
