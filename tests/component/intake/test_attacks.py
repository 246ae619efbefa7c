"""What the internet sends: refused in words, quickly, without a 500 and without repeating what was sent."""

import json
import time
from ipaddress import ip_network
from typing import Any

import pytest

from tests.component.intake.window import A_REPORT, REPORTS, Window

BODY = json.dumps(A_REPORT).encode()


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        pytest.param(b"", {400}, id="nothing"),
        pytest.param(b"{", {400}, id="half-an-object"),
        pytest.param(b"[" * 100_000, {400, 422}, id="a-hundred-thousand-brackets"),
        pytest.param(b'{"text":"a","x":' + b"[" * 100_000, {400, 422}, id="brackets-in-an-unknown-field"),
        pytest.param(b'{"text":"a","point":{"longitude":NaN,"latitude":1}}', {400}, id="not-a-number"),
        pytest.param(b'{"text":"a","point":{"longitude":1e999999,"latitude":1}}', {400, 422}, id="infinity"),
        pytest.param(
            b'{"text":"a","point":{"longitude":' + b"9" * 200_000 + b',"latitude":1}}', {400, 422}, id="digits"
        ),
        pytest.param(b'{"text":"a","point":{"longitude":41.0,"latitude":113.1}}', {422}, id="swapped-coordinates"),
        pytest.param(b'{"text":"a","point":{"longitude":181,"latitude":1}}', {422}, id="off-the-globe"),
        pytest.param(rb'{"text":"a\ud800","grid":"grid-0101-01"}', {400, 422}, id="a-lone-surrogate"),
        pytest.param(rb'{"text":"a\u0000","grid":"grid-0101-01"}', {422}, id="a-nul"),
        pytest.param(b"\xef\xbb\xbf" + BODY, {400}, id="a-byte-order-mark"),
        pytest.param(BODY.decode().encode("utf-16"), {400}, id="utf-16"),
        pytest.param('{"text":"路灯"}'.encode("gb18030"), {400}, id="gb18030"),
        pytest.param(b'{"text":"a","version":7}', {422}, id="an-unknown-field"),
        pytest.param(b'{"text":"a","lane":"ordinary"}', {422}, id="the-lane-is-ours-to-say"),
        pytest.param(b'{"text":["a"]}', {422}, id="another-type"),
        pytest.param(b'"text"', {422}, id="no-object"),
        pytest.param(b"{" + b",".join(b'"k%d":1' % n for n in range(20_000)) + b"}", {422}, id="many-keys"),
    ],
)
async def test_a_hostile_body_is_refused(window: Window, body: bytes, statuses: set[int]) -> None:
    began = time.process_time()
    answer = await window.client.post(REPORTS, content=body)

    assert answer.status_code in statuses
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.process_time() - began < 1
    assert window.reports.rows == {}


async def test_a_body_too_large_is_refused_before_it_is_read(window: Window) -> None:
    answer = await window.client.post(REPORTS, content=b"x" * 300 * 1024)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"item": "9999"}, "item", id="item"),
        pytest.param({"community": "com-9"}, "community", id="community"),
        pytest.param({"point": {"longitude": "a", "latitude": 1}}, "point.longitude", id="longitude"),
        pytest.param({"contact": {"phone": "13812345678x"}}, "contact.phone", id="phone"),
    ],
)
async def test_the_wrong_field_is_named_and_its_value_is_not(
    window: Window, fields: dict[str, Any], named: str
) -> None:
    answer = await window.report(**fields)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [named]
    assert "13812345678" not in answer.text


async def test_a_suspected_state_secret_names_the_channel_to_use(window: Window) -> None:
    answer = await window.report(text="附件：机密★")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/state-secret")
    assert "confidential post" in answer.json()["detail"]
    assert window.reports.rows == {}


async def test_a_flood_from_one_address_waits_and_emergencies_pass() -> None:
    window = Window(per_minute=5)

    answers = [await window.report() for _ in range(7)]
    emergency = await window.report(item="0101")
    window.seconds += int(answers[-1].headers["retry-after"])
    later = await window.report()

    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2
    assert (emergency.status_code, later.status_code) == (201, 201)
    assert window.counted("whistle_intake_requests_refused_total", reason="too_fast") == 2


async def test_an_address_is_believed_from_trusted_proxies_only() -> None:
    near = Window(per_minute=1)
    behind = Window(per_minute=1, proxies=(ip_network("127.0.0.0/8"),))

    for window, statuses in ((near, [201, 429]), (behind, [201, 201])):
        answers = [
            await window.client.post(REPORTS, json=A_REPORT, headers={"X-Forwarded-For": f"6.6.6.6, 203.0.113.{n}"})
            for n in range(2)
        ]

        assert [answer.status_code for answer in answers] == statuses


async def test_what_a_proxy_did_not_add_is_not_believed() -> None:
    window = Window(per_minute=1, proxies=(ip_network("127.0.0.0/8"),))

    answers = [
        await window.client.post(REPORTS, json=A_REPORT, headers={"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.1"})
        for n in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 429]


async def test_staff_channels_need_a_token(window: Window) -> None:
    anonymous = await window.report(channel="grid_worker")
    worker = await window.report(token=window.token().secret, channel="grid_worker", on_the_spot=True)

    assert (anonymous.status_code, worker.status_code) == (422, 201)


async def test_a_wrong_token_is_401_and_guessing_is_429(window: Window) -> None:
    answers = [await window.report(token=f"wst_aaaaaaaa_{'a' * 52}") for _ in range(12)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert answers[0].headers["www-authenticate"] == "Bearer"


async def test_a_token_that_was_revoked_is_401_at_once(window: Window) -> None:
    token = window.token()
    first = await window.report(token=token.secret)
    del window.people[token.token_hash]

    assert (first.status_code, (await window.report(token=token.secret)).status_code) == (201, 401)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", REPORTS, 405, id="reports-cannot-be-listed"),
        pytest.param("DELETE", f"{REPORTS}/x", 405, id="reports-cannot-be-deleted"),
        pytest.param("TRACE", REPORTS, 405, id="trace"),
        pytest.param("GET", "/docs", 404, id="no-docs"),
        pytest.param("GET", "/api/v1/attachments/1", 404, id="pictures-cannot-be-fetched-here"),
    ],
)
async def test_other_doors_are_closed(window: Window, method: str, path: str, status: int) -> None:
    answer = await window.client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
