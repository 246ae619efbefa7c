"""Intake's one door, asked in the name of whoever is logged in: a report at a counter is a report like any other."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx2
import msgspec

from services.chassis.web.problems import unavailable
from services.desk.ports import Told

SECONDS_MAX: Final = 5.0
RETRY_SECONDS: Final = 5


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
