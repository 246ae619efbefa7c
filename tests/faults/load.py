"""Reports that keep coming while things break; every answer goes into a history, as the client saw it."""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx2
import msgspec

from deploy.demo.city.reporters import address_of, form_of
from deploy.demo.reports import Week

TRIES_MAX: Final = 200
TRY_SECONDS: Final = 4.0
PAUSE_SECONDS: Final = 0.3
STILL_SECONDS: Final = 1.0
"""Whoever wakes so late has not slept: this machine stood still, and every deadline on it passed meanwhile."""


@dataclass(slots=True)
class History:
    """What the clients know: receipts of every 201, and keys whose fate they never learned."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Number of the report by idempotency key."""
    refused: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Every status seen, 0 for a broken connection."""
    rude: list[str] = field(default_factory=list)
    """Errors that are not a 503 with `Retry-After`."""
    broken: list[str] = field(default_factory=list)
    """Requests that were begun and got no answer; one that found the door shut is not among them."""
    odd: list[tuple[float, float, int]] = field(default_factory=list)
    """When each request began and ended that got another answer than 201, and its status."""
    still: list[tuple[float, float]] = field(default_factory=list)
    """From when to when this machine stood still."""

    def odd_while_it_ran(self) -> list[int]:
        """Return the statuses that are not 201, of requests during which the machine never stood still."""
        return [
            status
            for began, ended, status in self.odd
            if not any(began <= woke and fell <= ended for fell, woke in self.still)
        ]


@dataclass(slots=True, kw_only=True)
class Load:
    """Anonymous residents, `per_second` of them; each repeats with the same key until there is an answer."""

    intake: str
    week: Week
    per_second: float
    beside: str = ""
    """Another instance's address: whoever finds one door shut goes to the other, as a balancer sends them."""
    name: str = "fault"
    """Begins the keys, so that two loads never share one."""
    history: History = field(default_factory=History)
    _serials: Any = field(default_factory=lambda: count(1))

    async def run(self, until: asyncio.Event) -> None:
        """Report until told to stop; returns when every report begun has its answer."""
        async with httpx2.AsyncClient(timeout=TRY_SECONDS, trust_env=False) as http, asyncio.TaskGroup() as residents:
            while not until.is_set():
                residents.create_task(self._report(http, next(self._serials)))
                await self._pause(1 / self.per_second)

    async def _pause(self, seconds: float) -> None:
        began = time.monotonic()
        await asyncio.sleep(seconds)
        if time.monotonic() - began > seconds + STILL_SECONDS:
            self.history.still.append((began, time.monotonic()))

    async def _report(self, http: httpx2.AsyncClient, serial: int) -> None:
        form = form_of(self.week.report(serial)) | {"channel": "one_key", "reporter_kind": "resident"}
        key = f"{self.name}-{serial}"
        for turn in range(TRIES_MAX):
            door = self.beside if self.beside and (serial + turn) % 2 else self.intake
            began = time.monotonic()
            answer = await self._try(http, form, key, address_of(serial), door)
            if answer is None or answer.status_code != 201:
                self.history.odd.append((began, time.monotonic(), answer.status_code if answer is not None else 0))
            if answer is not None and answer.status_code == 201:
                self.history.accepted[key] = answer.json()["number"]
                return
            if answer is not None and answer.status_code < 429 and "retry-after" not in answer.headers:
                self.history.refused.append(f"{key}: {answer.status_code} {answer.text[:200]}")
                return
            await asyncio.sleep(PAUSE_SECONDS)
        self.history.refused.append(f"{key}: never an answer")

    async def _try(
        self, http: httpx2.AsyncClient, form: Any, key: str, address: str, door: str
    ) -> httpx2.Response | None:
        headers = {"Idempotency-Key": key, "X-Forwarded-For": address, "Content-Type": "application/json"}
        try:
            answer = await http.post(f"{door}/api/v1/reports", content=msgspec.json.encode(form), headers=headers)
        except (httpx2.HTTPError, OSError) as error:
            self.history.answers.append(0)
            if not isinstance(error, httpx2.ConnectError):
                self.history.broken.append(f"{key}: {error!r}")
            return None
        self.history.answers.append(answer.status_code)
        if answer.status_code >= 500 and not (answer.status_code == 503 and "retry-after" in answer.headers):
            self.history.rude.append(f"{key}: {answer.status_code} {answer.text[:200]}")
        return answer
