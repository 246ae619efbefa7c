"""The HTTP edge around a FastAPI app: headers, limits, problems, metrics."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import pytest
from fastapi import Body as FastBody
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from services.chassis.web.acts import IdempotencyKey
from services.chassis.web.bodies import Body
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics
from services.chassis.web.handlers import new_app
from services.chassis.web.headers import SECURITY_HEADERS
from services.chassis.web.problems import Problem


def an_app() -> FastAPI:
    app = new_app("probe")

    @app.post("/things/{thing}")
    async def make(thing: int, body: Body, key: IdempotencyKey) -> dict[str, object]:
        return {"thing": thing, "bytes": len(body), "key": key}

    @app.post("/typed")
    async def typed(count: Annotated[int, FastBody(embed=True)]) -> int:
        return count

    @app.get("/bug")
    async def bug() -> None:
        raise KeyError("13812345678")

    @app.get("/outage")
    async def outage() -> None:
        raise ConnectionRefusedError("database")

    @app.get("/refused")
    async def refused() -> None:
        raise Problem("asleep", "The office sleeps", 409, "Come back at eight.", opens_at="08:00")

    return app


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
async def client(registry: CollectorRegistry) -> AsyncIterator[httpx2.AsyncClient]:
    edge = Edge(an_app(), HttpMetrics(registry, "probe"), BodyLimits(100, {"/typed": 1_000}))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(edge), base_url="http://probe") as client:
        yield client


KEY = {"Idempotency-Key": "k1"}


async def test_a_good_request_passes_untouched(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things/7", content=b"x" * 100, headers=KEY)

    assert answer.json() == {"thing": 7, "bytes": 100, "key": "k1"}


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/refused", 409, "asleep"),
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/bug", 405, "method-not-allowed"),
        ("GET", "/bug", 500, "internal-server-error"),
        ("GET", "/outage", 503, "unavailable"),
        ("POST", "/things/13812345678x", 422, "invalid"),
        ("TRACE", "/refused", 405, "method-not-allowed"),
    ],
)
async def test_every_error_is_a_problem_with_all_headers_and_without_the_input(
    client: httpx2.AsyncClient, method: str, path: str, status: int, kind: str
) -> None:
    answer = await client.request(method, path, headers=KEY)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{kind}"
    assert answer.json()["instance"] == f"urn:request:{answer.headers['x-request-id']}"
    assert "13812345678" not in answer.text
    for name, value in SECURITY_HEADERS:
        assert answer.headers[name.decode()] == value.decode()


async def test_an_act_without_its_key_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/things/7")

    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/idempotency-key")


async def test_a_problem_says_what_to_do(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/refused")

    assert answer.json()["detail"] == "Come back at eight."
    assert answer.json()["opens_at"] == "08:00"


async def test_a_wrong_field_is_named_without_its_value(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/typed", json={"count": "13812345678x"})

    assert answer.json()["errors"][0]["field"] == "body.count"
    request_id = answer.headers["x-request-id"]  # drawn at random: may hold any three digits
    assert "138" not in answer.text.replace(request_id, "")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_too_large_is_refused_declared_or_not(client: httpx2.AsyncClient, *, declared: bool) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 10

    answer = await client.post("/things/7", content=b"x" * 101 if declared else in_pieces(), headers=KEY)

    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/content-too-large"


async def test_a_path_may_have_a_limit_of_its_own(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/typed", json={"count": 1, "padding": "x" * 500})

    assert answer.status_code == 200


@pytest.mark.parametrize(("told", "kept"), [("abcdef-12345", True), ("x", False), ("a b c d e f g h", False)])
async def test_a_request_id_is_echoed_when_it_is_harmless(client: httpx2.AsyncClient, told: str, *, kept: bool) -> None:
    answer = await client.get("/refused", headers={"X-Request-ID": told})

    assert (answer.headers["x-request-id"] == told) is kept


async def test_requests_are_counted_by_route_never_by_path(
    client: httpx2.AsyncClient, registry: CollectorRegistry
) -> None:
    for thing in range(5):
        await client.post(f"/things/{thing}", headers=KEY)
    await client.get("/nowhere/13812345678")

    labels = {"method": "POST", "route": "/things/{thing}", "status": "200"}
    unknown = {"method": "GET", "route": "none", "status": "404"}
    assert registry.get_sample_value("whistle_probe_http_requests_total", labels) == 5
    assert registry.get_sample_value("whistle_probe_http_requests_total", unknown) == 1
