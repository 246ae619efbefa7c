"""Asks intake's own doors as any client does, so that a form without JavaScript follows the same rules as the API."""

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Scope

JSON: Final = "application/json"
REPORTS: Final = "/api/v1/reports"
PICTURES: Final = "/api/v1/attachments"
_FORWARDED: Final = frozenset({b"x-forwarded-for", b"host"})
"""Headers that say who asks from where; nothing else of the page's request is passed on, no token above all."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a door answered."""

    status: int
    document: dict[str, Any]

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def slug(self) -> str:
        """The problem's name; empty for a good answer."""
        return str(self.document.get("type", "")).rpartition("/")[2]


@dataclass(slots=True)
class Answering:
    """Collects one answer."""

    status: int = 0
    parts: list[bytes] = field(default_factory=list)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.parts.append(message.get("body", b""))


@dataclass(frozen=True, slots=True)
class Doors:
    """Every call is a request of its own, from the address of who asked for the page."""

    app: ASGIApp

    async def report(self, asked: Request, form: dict[str, Any], key: str) -> Told:
        """Report once per key."""
        return await self._post(asked, REPORTS, msgspec.json.encode(form), key=key)

    async def attach(self, asked: Request, picture: bytes) -> Told:
        """Keep a picture."""
        return await self._post(asked, PICTURES, picture, media_type="application/octet-stream")

    async def find(self, asked: Request, number: str, phone_tail: str) -> Told:
        """Look a report up by its number and the phone's last four digits."""
        body = msgspec.json.encode({"number": number, "phone_tail": phone_tail})
        return await self._post(asked, f"{REPORTS}:find", body)

    async def show(self, asked: Request, code: str) -> Told:
        """Look a report up by its tracking code."""
        return await self._ask(asked, "GET", f"{REPORTS}/{code.replace('/', '_')}", b"", {})

    async def add(self, asked: Request, code: str, form: dict[str, Any], key: str) -> Told:
        """Add something to the report of a tracking code."""
        path = f"{REPORTS}/{code.replace('/', '_')}/followups"
        return await self._post(asked, path, msgspec.json.encode(form), key=key)

    async def _post(self, asked: Request, path: str, body: bytes, *, key: str = "", media_type: str = JSON) -> Told:
        headers = {"content-type": media_type, "content-length": str(len(body))}
        return await self._ask(asked, "POST", path, body, headers | ({"idempotency-key": key} if key else {}))

    async def _ask(self, asked: Request, method: str, path: str, body: bytes, headers: dict[str, str]) -> Told:
        answering, sent = Answering(), [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return sent.pop() if sent else {"type": "http.disconnect"}

        await self.app(_scope(asked.scope, method, path, headers), receive, answering.send)
        return Told(answering.status, _document(b"".join(answering.parts)))


def _scope(asked: Scope, method: str, path: str, headers: dict[str, str]) -> Scope:
    kept = [pair for pair in asked["headers"] if pair[0] in _FORWARDED]
    return {
        "type": "http",
        "asgi": asked["asgi"],
        "http_version": "1.1",
        "method": method,
        "scheme": asked["scheme"],
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [*kept, *((name.encode(), value.encode()) for name, value in headers.items())],
        "client": asked.get("client"),
        "server": asked.get("server"),
        "state": {},
    }


def _document(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
