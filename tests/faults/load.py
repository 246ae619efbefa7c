"""Reports that keep coming while things break; every answer goes into a history, as the client saw it."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx2
import msgspec

from deploy.demo.city.week import address_of, form_of
from deploy.demo.reports import Week

TRIES_MAX: Final = 200
TRY_SECONDS: Final = 4.0
PAUSE_SECONDS: Final = 0.3


@dataclass(slots=True)
class History:
    """What the clients know: receipts of every 201, and keys whose fate they never learned."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Number of the report by idempotency key."""
    refused: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Every status seen, 0 for a broken connection."""


@dataclass(slots=True, kw_only=True)
class Load:
    """Anonymous residents, `per_second` of them; each repeats with the same key until there is an answer."""

    intake: str
    week: Week
    per_second: float
    history: History = field(default_factory=History)
    _serials: Any = field(default_factory=lambda: count(1))

    async def run(self, until: asyncio.Event) -> None:
        """Report until told to stop; returns when every report begun has its answer."""
        async with httpx2.AsyncClient(timeout=TRY_SECONDS, trust_env=False) as http, asyncio.TaskGroup() as residents:
            while not until.is_set():
                residents.create_task(self._report(http, next(self._serials)))
                await asyncio.sleep(1 / self.per_second)

    async def _report(self, http: httpx2.AsyncClient, serial: int) -> None:
        form = form_of(self.week.report(serial)) | {"channel": "one_key", "reporter_kind": "resident"}
        key = f"fault-{serial}"
        for _ in range(TRIES_MAX):
            answer = await self._try(http, form, key, address_of(serial))
            if answer is not None and answer.status_code == 201:
                self.history.accepted[key] = answer.json()["number"]
                return
            if answer is not None and answer.status_code < 429:
                self.history.refused.append(f"{key}: {answer.status_code} {answer.text[:200]}")
                return
            await asyncio.sleep(PAUSE_SECONDS)
        self.history.refused.append(f"{key}: never an answer")

    async def _try(self, http: httpx2.AsyncClient, form: Any, key: str, address: str) -> httpx2.Response | None:
        headers = {"Idempotency-Key": key, "X-Forwarded-For": address, "Content-Type": "application/json"}
        try:
            answer = await http.post(
                f"{self.intake}/api/v1/reports", content=msgspec.json.encode(form), headers=headers
            )
        except (httpx2.HTTPError, OSError):
            self.history.answers.append(0)
            return None
        self.history.answers.append(answer.status_code)
        return answer
