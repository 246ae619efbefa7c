"""Departments that keep working while things break: they sign in and handle, and try again when a door is shut."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import asyncpg
import httpx2

from deploy.demo.city.doors import Doors, RefusedError
from deploy.demo.city.people import NobodyThereError, People
from services.ledger.domain.acts import Act, Handle, SignIn

PAUSE_SECONDS: Final = 0.05
PICK: Final = """
    select c.case_id, c.state, a.handling_unit from ledger.cases c join ledger.assignments a using (case_id)
    where c.state = any ('{dispatched,in_progress}') and a.role = 'lead' and a.ended_at is null and c.lane = 'ordinary'
    order by md5(c.case_id::text || $1) limit 1
"""
SHUT: Final = (
    OSError,
    TimeoutError,
    NobodyThereError,
    httpx2.HTTPError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
ANSWER: Final = Handle(
    accepted_when="接单后即时受理", talked_with="电话联系反映人", measure="已到场处置完毕", done_by="当日办结"
)


@dataclass(slots=True, kw_only=True)
class Departments:
    """One clerk after another, each with one act; how many took effect is in `done`."""

    dsn: str
    doors: Doors
    people: People
    name: str = "work"
    """Begins the keys of the acts, so that two such departments never share one."""
    done: int = 0
    refused: list[str] = field(default_factory=list)

    async def run(self, until: asyncio.Event) -> None:
        """Work until told to stop; a door that does not answer is knocked at again."""
        for turn in count():
            if until.is_set():
                return
            try:
                await self._work(turn)
            except RefusedError as refused:
                if refused.status not in (403, 404, 409, 412, 503):
                    self.refused.append(str(refused))
            except SHUT:
                pass  # the next clerk tries
            await asyncio.sleep(PAUSE_SECONDS)

    async def _work(self, turn: int) -> None:
        connection = await asyncpg.connect(self.dsn, timeout=5, command_timeout=5)
        try:
            row = await connection.fetchrow(PICK, str(turn))
        finally:
            connection.terminate()
        if row is None:
            return
        act: Act = SignIn() if row["state"] == "dispatched" else ANSWER
        token = self.people.works_in(row["handling_unit"])
        revision = (await self.doors.case(row["case_id"], token=token))["revision"]
        await self.doors.act(row["case_id"], act, token=token, revision=revision, key=f"{self.name}-{turn}")
        self.done += 1
