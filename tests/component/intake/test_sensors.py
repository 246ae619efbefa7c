"""Devices report by signed webhooks: a forged, old or repeated message makes no report."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import httpx2
import pytest

from services.intake.domain.sensors import Sensor, secret_of, shown
from services.notify.domain.signing import signed_headers
from tests.component.intake.window import KEYS, Window
from tests.fakes.intake import NOON

PATH = "/api/v1/sensors/level-7"
AS_SIGNED: Final[Mapping[str, str]] = MappingProxyType({})
BODY = '{"text": "水位超过警戒线 20 厘米"}'.encode()
SECRET = shown(secret_of(KEYS.current.marking, "level-7", 1))


@pytest.fixture
def watched(window: Window) -> Window:
    window.sensors.known["level-7"] = Sensor(
        sensor_id="level-7",
        name="桥洞水位计",
        item="0203",
        longitude=116.4,
        latitude=39.9,
        key_id=KEYS.current_id,
        generation=1,
        asked_at=NOON,
    )
    return window


async def told(
    window: Window, path: str = PATH, body: bytes = BODY, headers: Mapping[str, str] = AS_SIGNED
) -> httpx2.Response:
    signed = signed_headers("msg-1", NOON - timedelta(seconds=10), body, [SECRET])
    return await window.client.post(path, content=body, headers={**signed, **headers})


async def test_what_a_sensor_notices_is_a_report_of_its_place(watched: Window) -> None:
    answer = await told(watched)

    assert answer.status_code == 201, answer.text
    (row,) = watched.reports.rows.values()
    assert row.report_id.version == 7
    assert watched.counted("whistle_intake_reports_accepted_total", channel="sensor") == 1


async def test_a_repeated_message_gets_the_same_answer_and_makes_nothing_new(watched: Window) -> None:
    first, again = await told(watched), await told(watched)

    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert len(watched.reports.rows) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"webhook-signature": "v1,AAAA"}, 401, id="forged"),
        pytest.param({"webhook-id": "msg-2"}, 401, id="the-id-is-signed-too"),
        pytest.param({"webhook-timestamp": str(int(NOON.timestamp()) - 301)}, 401, id="the-time-is-signed-too"),
        pytest.param({"webhook-timestamp": "12a"}, 401, id="no-number"),
        pytest.param({"webhook-id": "m" * 129}, 401, id="an-id-too-long"),
    ],
)
async def test_what_is_not_signed_is_refused(watched: Window, headers: dict[str, str], status: int) -> None:
    answer = await told(watched, headers=headers)

    assert (answer.status_code, watched.reports.rows) == (status, {})


async def test_an_old_message_is_refused(watched: Window) -> None:
    signed = signed_headers("msg-1", NOON - timedelta(seconds=301), BODY, [SECRET])

    answer = await watched.client.post(PATH, content=BODY, headers=signed)

    assert answer.status_code == 401


async def test_an_unknown_sensor_is_answered_like_a_forged_message(watched: Window) -> None:
    unknown, forged = (
        await told(watched, "/api/v1/sensors/none"),
        await told(watched, headers={"webhook-signature": "v1,A"}),
    )

    assert unknown.json()["type"] == forged.json()["type"] == "/problems/not-signed"


async def test_a_header_that_is_missing_or_comes_twice_is_refused(watched: Window) -> None:
    signed = list(signed_headers("msg-1", NOON, BODY, [SECRET]).items())

    missing = await watched.client.post(PATH, content=BODY, headers=signed[1:])
    twice = await watched.client.post(PATH, content=BODY, headers=[*signed, signed[0]])

    assert (missing.status_code, twice.status_code) == (401, 400)


async def test_a_body_that_says_something_else_than_words_is_refused(watched: Window) -> None:
    answer = await told(watched, body=b'{"run": "this"}')

    assert answer.status_code == 422
