"""The doors every process has: /livez /readyz /metrics /version; every other path is the service's own."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send

from services.chassis.health import Health
from services.chassis.metrics import metrics_response, release, revision
from services.chassis.web.headers import SECURITY_HEADERS
from services.chassis.web.problems import send_problem

PATHS: Final = frozenset({"/livez", "/readyz", "/metrics", "/version"})
JSON: Final = "application/json"


class Operations:
    """ASGI: answers the four operational paths, hands the rest to the service's app (404 where there is none)."""

    def __init__(self, service: str, health: Health, registry: CollectorRegistry, app: ASGIApp | None = None) -> None:
        self._service = service
        self._health = health
        self._registry = registry
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            status, body, content_type = await self._answer(scope)
            await _send(send, scope["method"], status, body, content_type)
        elif self._app is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await send_problem(send, status=404)

    async def _answer(self, scope: Scope) -> tuple[int, bytes, str]:
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, b'{"title":"Method Not Allowed","status":405}', "application/problem+json"
        match scope["path"]:
            case "/livez":
                live = self._health.live()
                return (200 if live else 503), _json({"live": live}), JSON
            case "/readyz":
                return await self._readiness(verbose=b"verbose" in scope["query_string"])
            case "/metrics":
                body, content_type = metrics_response(self._registry)
                return 200, body, content_type
            case _:
                told = {"service": self._service, "version": release(), "revision": revision()}
                return 200, _json(told), JSON

    async def _readiness(self, *, verbose: bool) -> tuple[int, bytes, str]:
        reasons = await self._health.ready()
        ready = not any(reasons.values())
        told: dict[str, Any] = {"ready": ready}
        if verbose:
            told["checks"] = {name: reason or "ok" for name, reason in reasons.items()}
        return (200 if ready else 503), _json(told), JSON


def _json(told: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(told)


async def _send(send: Send, method: str, status: int, body: bytes, content_type: str) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *SECURITY_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
