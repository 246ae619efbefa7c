"""Acts by staff accounts over HTTP: what one person does in a step of time goes in one call; a case's acts in order."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, zip_longest
from typing import Any, Final
from uuid import UUID

import msgspec

from deploy.demo.city.doors import RefusedError
from deploy.demo.city.people import People
from deploy.demo.city.plans import Planned
from services.contracts.events import CaseProgressed
from tests.replay.killing import Killer
from tests.replay.knocking import AGAIN_SECONDS, NOT_NOW, Door

LINES_MAX: Final = 25
DONE, STALE = 200, 412
ENDED: Final = frozenset({"closed", "merged"})
CITY_LIFE: Final = frozenset({403, 404, 409})
"""Refusals that belong to it: somebody else was first, or the case has gone on."""
_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Seen:
    """A case as its people see it."""

    case_id: UUID
    lane: str
    state: str
    revision: int = 1


@dataclass(slots=True, kw_only=True)
class Acting:
    """Carries acts out, and knows which were."""

    door: Door
    people: People
    killer: Killer
    seen: dict[int, Seen] = field(default_factory=dict)
    """By serial."""
    done: int = 0
    """Acts that were answered with where the case stands."""
    refused: Counter[str] = field(default_factory=Counter)
    _planned: dict[int, list[tuple[int, datetime]]] = field(default_factory=lambda: defaultdict(list))

    def sees(self, serial: int, event: CaseProgressed) -> None:
        """Show where a case stands."""
        known = self.seen.get(serial)
        if known is None:
            self.seen[serial] = Seen(event.case_id, event.lane, event.state)
        else:
            known.lane, known.state = event.lane, event.state

    def planned_at(self, serial: int, version: int) -> datetime | None:
        """Return when the act that led to this version of the case was planned; None: no act of the last step did."""
        return next((at for reached, at in self._planned.get(serial, ()) if reached >= version), None)

    async def carry_out(self, due: Sequence[Planned]) -> None:
        """Do what is planned; nobody acts on a case that is seen to have ended."""
        self._planned.clear()
        for turn in _turns([planned for planned in due if self.seen[planned.serial].state not in ENDED]):
            by_token = defaultdict[str, list[Planned]](list)
            for planned in turn:
                by_token[self._token(planned)].append(planned)
            await asyncio.gather(*(
                self._of_one_person(some[at : at + LINES_MAX], token)
                for token, some in by_token.items() for at in range(0, len(some), LINES_MAX)
            ))  # fmt: skip

    async def _of_one_person(self, some: Sequence[Planned], token: str) -> None:
        left = list(some)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        while left:
            self.killer.called(len(left))
            body = _ENCODE({"acts": [self._line(planned) for planned in left]})
            status, told = await self.door.post("/api/v1/acts:batch", body, headers)
            if status != DONE:
                raise RefusedError(status, told.decode())
            results = msgspec.json.decode(told)["results"]
            left = [
                planned for planned, result in zip(left, results, strict=True) if not self._settled(planned, result)
            ]
            if any(result["status"] in NOT_NOW for result in results):
                await asyncio.sleep(AGAIN_SECONDS)

    def _line(self, planned: Planned) -> dict[str, Any]:
        seen = self.seen[planned.serial]
        return {"case_id": seen.case_id, "revision": seen.revision, "key": planned.key, "act": planned.act}

    def _settled(self, planned: Planned, result: dict[str, Any]) -> bool:
        """Note what became of a line; False: it is to be sent again."""
        seen, status = self.seen[planned.serial], result["status"]
        if status == DONE:
            answer = result["answer"]
            seen.revision, seen.state = answer["revision"], answer["state"]
            self.done += 1
            self._planned[planned.serial].append((answer["version"], planned.at))
        elif status == STALE:
            seen.revision = result["problem"]["revision"]
        elif status in CITY_LIFE:
            problem = result["problem"]
            self.refused[f"{type(planned.act).__name__}: {problem.get('detail') or problem['title']}"] += 1
        elif status not in NOT_NOW:
            raise RefusedError(status, str(result["problem"]))
        return status == DONE or status in CITY_LIFE

    def _token(self, planned: Planned) -> str:
        turn, lane = planned.serial, self.seen[planned.serial].lane
        if planned.roles:
            return self.people.token(planned.unit, *planned.roles, turn=turn, lane=lane)
        return self.people.works_in(planned.unit, turn, lane)


def _turns(due: Sequence[Planned]) -> Iterator[list[Planned]]:
    """Yield everybody's first act, then everybody's second, and so on: a case's acts follow each other."""
    in_order = sorted(due, key=lambda planned: (planned.serial, planned.at, planned.turn))
    by_case = [list(some) for _, some in groupby(in_order, key=lambda planned: planned.serial)]
    for turn in zip_longest(*by_case):
        yield [planned for planned in turn if planned is not None]
