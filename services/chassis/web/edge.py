"""The edge of every HTTP app, in pure ASGI: request id, body limit, security headers, metrics, no bare 500."""

import re
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.metrics import NAMESPACE
from services.chassis.web.headers import SECURITY_HEADERS, SECURITY_NAMES, header
from services.chassis.web.problems import Problem, request_id, send_problem
from services.chassis.web.unexpected import problem_of

BODY_BYTES_MAX: Final = 256 * 1024
HTTP_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_REQUEST_ID: Final = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Most bytes a body may have: one limit, and others for single paths (exact, without query)."""

    bytes_max: int = BODY_BYTES_MAX
    of_path: Mapping[str, int] = field(default_factory=dict)

    def at(self, path: str) -> int:
        return self.of_path.get(path, self.bytes_max)


def _too_large() -> Problem:
    return Problem("content-too-large", "The body is too large", 413, headers={"Connection": "close"})


class HttpMetrics:
    """Requests by method, route template and status. Paths themselves are never labels."""

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._seconds = Histogram(
            f"{NAMESPACE}_{service}_http_request_seconds",
            "Time from the request's head to the answer's last byte.",
            ["method", "route"],
            buckets=HTTP_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            f"{NAMESPACE}_{service}_http_requests_total",
            "Answers given.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._children: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        known = self._children.get((method, route, status))
        if known is None:
            known = self._children[method, route, status] = (
                self._seconds.labels(method, route),
                self._requests.labels(method, route, str(status)),
            )
        known[0].observe(seconds)
        known[1].inc()


class Edge:
    """Wraps a service's app. What escapes it is answered as a problem, or cuts the connection if half is sent."""

    def __init__(self, app: ASGIApp, metrics: HttpMetrics, limits: BodyLimits | None = None) -> None:
        self._app = app
        self._metrics = metrics
        self._limits = limits or BodyLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        exchange = Exchange(scope, receive, send, self._limits.at(scope["path"]))
        token = request_id.set(exchange.correlation)
        try:
            await self._answer(scope, exchange)
        finally:
            request_id.reset(token)
            self._metrics.observe(scope, exchange.status, time.perf_counter() - began)

    async def _answer(self, scope: Scope, exchange: "Exchange") -> None:
        try:
            if exchange.declared_too_large():
                raise _too_large()  # noqa: TRY301 -- one answer for the declared and the found excess
            await self._app(scope, exchange.receive, exchange.send)
        except Exception as error:
            if exchange.status:
                if exchange.failed_outside:
                    raise
                return
            await send_problem(exchange.send, problem_of(error))


class Exchange:
    """One request and its answer: counts the body, adds the headers, remembers the status."""

    __slots__ = ("_limit", "_read", "_receive", "_scope", "_send", "complete", "correlation", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._limit = limit
        self._read = 0
        self.status = 0
        self.complete = False
        told = header(scope["headers"], b"x-request-id")
        self.correlation = told.decode() if told and _REQUEST_ID.match(told) else token_hex(16)

    @property
    def failed_outside(self) -> bool:
        """Half an answer was sent: only cutting the connection can say so."""
        return not self.complete

    def declared_too_large(self) -> bool:
        declared = header(self._scope["headers"], b"content-length")
        return declared is not None and (not declared.isdigit() or int(declared) > self._limit)

    async def receive(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._limit:
                raise _too_large()
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"x-request-id"]
            present = {name.lower() for name, _ in own} & SECURITY_NAMES
            added = SECURITY_HEADERS if not present else tuple(p for p in SECURITY_HEADERS if p[0] not in present)
            message["headers"] = [*own, *added, (b"x-request-id", self.correlation.encode())]
        elif message["type"] == "http.response.body" and not message.get("more_body"):
            self.complete = True
        await self._send(message)
