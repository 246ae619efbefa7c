"""The doors the simulated city uses: intake's for residents and grid workers, desk's for staff."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx2
import msgspec

from services.ledger.domain.acts import Act

CALL_SECONDS_MAX: Final = 30.0
TRIES_MAX: Final = 120
TRY_SECONDS: Final = 0.5


class RefusedError(RuntimeError):
    """A door refused what the city asked; the message holds the problem."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"{status}: {problem[:500]}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a reporter gets: a number to read aloud and a code to come back with."""

    number: str
    tracking_code: str


@dataclass(frozen=True, slots=True)
class Doors:
    """HTTP clients of both doors."""

    http: httpx2.AsyncClient
    intake: str
    desk: str

    async def report(self, form: Mapping[str, Any], *, key: str, address: str, token: str | None = None) -> Receipt:
        """Hand a report in; the same key gives the same receipt."""
        headers = {"Idempotency-Key": key, "X-Forwarded-For": address, "Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        told = accepted(await self._post(f"{self.intake}/api/v1/reports", msgspec.json.encode(form), headers), 201)
        return Receipt(told["number"], told["tracking_code"])

    async def rate(self, tracking_code: str, rating: int, reason: str = "", *, key: str, address: str) -> None:
        """Rate the answer with the tracking code, once for each result; who is not satisfied says why."""
        answer = await self._post(
            f"{self.intake}/api/v1/reports/{tracking_code}/followups",
            msgspec.json.encode({"kind": "rating", "rating": rating, "text": reason}),
            {"Idempotency-Key": key, "X-Forwarded-For": address, "Content-Type": "application/json"},
        )
        accepted(answer, 201, 202)

    async def progress(self, tracking_code: str, *, address: str = "127.0.0.1") -> dict[str, Any]:
        """Ask how it goes with the tracking code."""
        url, headers = f"{self.intake}/api/v1/reports/{tracking_code}", {"X-Forwarded-For": address}
        return accepted(await again(lambda: self.http.get(url, headers=headers)), 200)

    async def act(self, case_id: UUID, act: Act, *, token: str, revision: int, key: str) -> dict[str, Any]:
        """Ask an act of a case; returns where the case stands."""
        answer = await self._post(
            f"{self.desk}/api/v1/cases/{case_id}/acts",
            msgspec.json.encode(act),
            {
                "Authorization": f"Bearer {token}",
                "If-Match": f'"{revision}"',
                "Idempotency-Key": key,
                "Content-Type": "application/json",
            },
        )
        return accepted(answer, 200)

    async def case(self, case_id: UUID, *, token: str) -> dict[str, Any]:
        """Read one case as its people see it."""
        url, headers = f"{self.desk}/api/v1/cases/{case_id}", {"Authorization": f"Bearer {token}"}
        return accepted(await again(lambda: self.http.get(url, headers=headers)), 200)

    async def queue(self, *, token: str, **filters: str) -> list[dict[str, Any]]:
        """Read the first page of the queue of the token's units."""
        url, headers = f"{self.desk}/api/v1/queue", {"Authorization": f"Bearer {token}"}
        answer = await again(lambda: self.http.get(url, params=filters, headers=headers))
        rows: list[dict[str, Any]] = accepted(answer, 200)["rows"]
        return rows

    async def _post(self, url: str, content: bytes, headers: Mapping[str, str]) -> httpx2.Response:
        return await again(lambda: self.http.post(url, content=content, headers=headers))


async def again(call: Callable[[], Awaitable[httpx2.Response]]) -> httpx2.Response:
    """Knock until the door answers: every call carries its key, so a repeat does nothing twice."""
    for _ in range(TRIES_MAX):
        try:
            answer = await call()
        except (httpx2.HTTPError, OSError):
            await asyncio.sleep(TRY_SECONDS)
            continue
        if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
            return answer
        await asyncio.sleep(TRY_SECONDS)
    raise RefusedError(503, f"no answer after {TRIES_MAX} tries")


def accepted(answer: httpx2.Response, *statuses: int) -> dict[str, Any]:
    """Return the answer's JSON, or raise what the door said."""
    if answer.status_code not in statuses:
        raise RefusedError(answer.status_code, answer.text)
    told: dict[str, Any] = answer.json()
    return told
