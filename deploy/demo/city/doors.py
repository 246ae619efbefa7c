"""The doors the simulated city uses: intake's for residents and grid workers, desk's for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx2
import msgspec

from services.ledger.domain.acts import Act

CALL_SECONDS_MAX: Final = 30.0


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
        answer = await self.http.post(
            f"{self.intake}/api/v1/reports", content=msgspec.json.encode(form), headers=headers
        )
        told = accepted(answer, 201)
        return Receipt(told["number"], told["tracking_code"])

    async def rate(self, tracking_code: str, rating: int, *, key: str, address: str) -> None:
        """Rate the answer with the tracking code, once."""
        answer = await self.http.post(
            f"{self.intake}/api/v1/reports/{tracking_code}/followups",
            content=msgspec.json.encode({"kind": "rating", "rating": rating}),
            headers={"Idempotency-Key": key, "X-Forwarded-For": address, "Content-Type": "application/json"},
        )
        accepted(answer, 201, 202)

    async def progress(self, tracking_code: str, *, address: str = "127.0.0.1") -> dict[str, Any]:
        """Ask how it goes with the tracking code."""
        answer = await self.http.get(
            f"{self.intake}/api/v1/reports/{tracking_code}", headers={"X-Forwarded-For": address}
        )
        return accepted(answer, 200)

    async def act(self, case_id: UUID, act: Act, *, token: str, revision: int, key: str) -> dict[str, Any]:
        """Ask an act of a case; returns where the case stands."""
        answer = await self.http.post(
            f"{self.desk}/api/v1/cases/{case_id}/acts",
            content=msgspec.json.encode(act),
            headers={
                "Authorization": f"Bearer {token}",
                "If-Match": f'"{revision}"',
                "Idempotency-Key": key,
                "Content-Type": "application/json",
            },
        )
        return accepted(answer, 200)

    async def case(self, case_id: UUID, *, token: str) -> dict[str, Any]:
        """Read one case as its people see it."""
        answer = await self.http.get(
            f"{self.desk}/api/v1/cases/{case_id}", headers={"Authorization": f"Bearer {token}"}
        )
        return accepted(answer, 200)

    async def queue(self, *, token: str, **filters: str) -> list[dict[str, Any]]:
        """Read the first page of the queue of the token's units."""
        answer = await self.http.get(
            f"{self.desk}/api/v1/queue", params=filters, headers={"Authorization": f"Bearer {token}"}
        )
        rows: list[dict[str, Any]] = accepted(answer, 200)["rows"]
        return rows


def accepted(answer: httpx2.Response, *statuses: int) -> dict[str, Any]:
    """Return the answer's JSON, or raise what the door said."""
    if answer.status_code not in statuses:
        raise RefusedError(answer.status_code, answer.text)
    told: dict[str, Any] = answer.json()
    return told
