"""Reports handed in: residents and grid workers one by one, the hotline's in bulk."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from deploy.demo.city.doors import RefusedError
from deploy.demo.city.people import People
from deploy.demo.city.plans import Planned
from deploy.demo.city.reporters import address_of, form_of
from deploy.demo.reports import DemoReport
from tests.replay.killing import Killer
from tests.replay.knocking import AGAIN_SECONDS, NOT_NOW, Door

LINES_MAX: Final = 200
ACCEPTED: Final = 201
JSON: Final = {"Content-Type": "application/json"}
NDJSON: Final = {"Content-Type": "application/x-ndjson"}
_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(slots=True, kw_only=True)
class Reporting:
    """Hands reports in, and knows which number each was given."""

    door: Door
    reports: Sequence[DemoReport]
    people: People
    killer: Killer
    serials: dict[str, int] = field(default_factory=dict)
    """By number."""

    async def hand_in(self, due: Sequence[Planned]) -> None:
        """Hand in what is planned; returns when every report has its number."""
        by_token = defaultdict[str | None, list[Planned]](list)
        for planned in due:
            by_token[self._token(planned.serial)].append(planned)
        alone = [(planned, token) for token, some in by_token.items() for planned in some if not _in_bulk(token, some)]
        bulks = [(some[at : at + LINES_MAX], token) for token, some in by_token.items() if token and len(some) > 1
                 for at in range(0, len(some), LINES_MAX)]  # fmt: skip
        await asyncio.gather(
            *(self._one(planned, token) for planned, token in alone),
            *(self._many(some, token) for some, token in bulks),
        )

    async def _one(self, planned: Planned, token: str | None) -> None:
        self.killer.called()
        headers = {**JSON, "Idempotency-Key": planned.key, "X-Forwarded-For": address_of(planned.serial)}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = _ENCODE(form_of(self.reports[planned.serial - 1]))
        status, told = await self.door.post("/api/v1/reports", body, headers)
        if status != ACCEPTED:
            raise RefusedError(status, told.decode())
        self._note(planned, msgspec.json.decode(told))

    async def _many(self, some: Sequence[Planned], token: str) -> None:
        left = list(some)
        while left:
            self.killer.called(len(left))
            lines = [{"idempotency_key": one.key, **form_of(self.reports[one.serial - 1])} for one in left]
            body = b"\n".join(_ENCODE(line) for line in lines)
            status, told = await self.door.post(
                "/api/v1/reports:batch", body, NDJSON | {"Authorization": f"Bearer {token}"}
            )
            if status != 200:
                raise RefusedError(status, told.decode())
            answers = [msgspec.json.decode(line) for line in told.splitlines()]
            left = [one for one, answer in zip(left, answers, strict=True) if not self._taken(one, answer)]
            if left:
                await asyncio.sleep(AGAIN_SECONDS)

    def _taken(self, planned: Planned, answer: dict[str, Any]) -> bool:
        if answer["status"] in NOT_NOW:
            return False
        if answer["status"] != ACCEPTED:
            raise RefusedError(answer["status"], str(answer.get("problem")))
        self._note(planned, answer)
        return True

    def _note(self, planned: Planned, receipt: dict[str, Any]) -> None:
        self.serials[receipt["number"]] = planned.serial

    def _token(self, serial: int) -> str | None:
        """Residents are anonymous; every other channel has somebody who answers for it."""
        report = self.reports[serial - 1]
        if report.channel in ("web", "one_key"):
            return None
        if report.channel == "grid_worker":
            return self.people.token(report.grid, "grid_worker")
        return self.people.token("district_command_center", "center_operator")


def _in_bulk(token: str | None, some: Sequence[Planned]) -> bool:
    return token is not None and len(some) > 1
