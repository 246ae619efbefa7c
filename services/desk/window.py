"""Intake's one door, asked in the name of whoever is logged in: a report at a counter is a report like any other."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx2
import msgspec

from services.chassis.web.problems import unavailable

SECONDS_MAX: Final = 5.0
RETRY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What intake answered."""

    status: int
    document: Mapping[str, Any]
    replayed: bool = False
    """It was the same report before."""

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def slug(self) -> str:
        """The problem's name; empty for a good answer."""
        return str(self.document.get("type", "")).rpartition("/")[2]


class Window(Protocol):
    """Takes reports in; `secret` is the session of whoever asks. Raises Problem 503 when nobody answers in time."""

    async def report(self, secret: str, form: Mapping[str, Any], key: str) -> Told:
        """Report once per key, or once per paper."""
        ...

    async def paper(self, secret: str, number: str) -> Told:
        """Ask what became of a paper of the asker's unit."""
        ...


@dataclass(frozen=True, slots=True)
class IntakeWindow:
    """Asks over HTTP. The client's limits bound how many ask at once."""

    client: httpx2.AsyncClient

    async def report(self, secret: str, form: Mapping[str, Any], key: str) -> Told:
        return await self._post("/api/v1/reports", secret, form, {"Idempotency-Key": key})

    async def paper(self, secret: str, number: str) -> Told:
        return await self._post("/api/v1/papers:find", secret, {"paper": number}, {})

    async def _post(self, path: str, secret: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Told:
        sent = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", **headers}
        try:
            async with asyncio.timeout(SECONDS_MAX):
                answer = await self.client.post(path, content=msgspec.json.encode(body), headers=sent)
            document = msgspec.json.decode(answer.content, type=dict[str, Any])
        except (httpx2.HTTPError, OSError, TimeoutError, msgspec.DecodeError):
            raise unavailable("Intake does not answer; repeat the same, it is taken in once.", RETRY_SECONDS) from None
        return Told(answer.status_code, document, answer.headers.get("Idempotency-Replayed") == "true")
