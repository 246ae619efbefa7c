"""Whatever is decided anew meanwhile: a case has one owner that exists, moves once, and never before the law."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.contracts.events.moves import Moved
from tests.builders import MONDAY_NOON, an_id
from tests.environment.database import Database
from tests.wire.ledger.changing import STATUTORY, Changing, a_changing_version, is_lawful
from tests.wire.ledger.disorder import PEOPLE, person_sql
from tests.wire.ledger.judging import judge
from tests.wire.ledger.moving_town import Town, a_town
from tests.wire.ledger.test_any_order import FACTS, OWNERS, RUNNING_WRONGLY, STEPS, STOPPED

pytestmark = pytest.mark.postgres

GRANT = "grant select, update on public.stepped to migrator;"
CLOCKS = "select case_id, kind, unit, cycle, started_at, due_at, stopped_at is null as runs from ledger.clocks"
APPLIED = "select case_id, applied_version, lead, closed_at is null as is_open from ledger.cases"
MOVE_PROMISES = frozenset({"review", "resume", "settle", "unmerge"})


class SeenOfVersions:
    """What was there at the last look, and what may have become of it since."""

    def __init__(self, city: Changing) -> None:
        self.city, self.facts, self.steps, self.stopped = city, dict[Any, bytes](), set[Any](), set[Any]()
        self.clocks: dict[Any, Any] = {}
        self.applied: dict[Any, datetime] = {}

    async def look(self) -> None:
        """Look at everything again and compare."""
        owner, told = self.city.owner, self.city.told()
        assert await owner.fetch(OWNERS) == [], told
        assert await owner.fetch(RUNNING_WRONGLY) == [], told
        facts = {tuple(row)[:3]: bytes(row["body"]) for row in await owner.fetch(FACTS)}
        steps = {tuple(row) for row in await owner.fetch(STEPS)}
        stopped = {tuple(row) for row in await owner.fetch(STOPPED)}
        clocks = {tuple(row)[:4]: row for row in await owner.fetch(CLOCKS)}
        assert self.facts.items() <= facts.items(), told
        assert self.steps <= steps, told
        assert self.stopped <= stopped, told
        new = [key for key in facts.keys() - self.facts.keys() if key[2] == CaseProgressed.TYPE]
        self._moved(clocks, [decode(facts[key], CaseProgressed) for key in new])
        await self._owners_exist()
        self.facts, self.steps, self.stopped, self.clocks = facts, steps, stopped, clocks
        self.city.kinds.clear()

    def _moved(self, clocks: dict[Any, Any], events: list[CaseProgressed]) -> None:
        """A due date changes by an act that may, or by a version: then never to before that was in force."""
        told = self.city.told()
        moved = {event.case_id: event.what for event in events if isinstance(event.what, Moved)}
        for key, clock in clocks.items():
            before = self.clocks.get(key)
            if before is not None and clock["due_at"] != before["due_at"]:
                by = moved.get(key[0])
                assert by is not None or self.city.kinds & MOVE_PROMISES or key[1] != "promise", told
                assert by is None or clock["due_at"] >= min(before["due_at"], by.active_from), told
            if key[0] == an_id(STATUTORY) and key[1] in ("promise", "handling") and clock["runs"]:
                assert is_lawful(clock["due_at"], clock["started_at"]), (told, key)

    async def _owners_exist(self) -> None:
        """No case goes back to an earlier version; who leads is a unit of the version that the case has applied."""
        for row in await self.city.owner.fetch(APPLIED):
            applied = await self.city.town.reference.version(row["applied_version"])
            began = applied.version.active_from
            assert began is not None
            assert began >= self.applied.get(row["case_id"], began), self.city.told()
            self.applied[row["case_id"]] = began
            assert not row["is_open"] or row["lead"] in applied.organisation.units, (dict(row), self.city.told())


@pytest.fixture
async def town(database: Database) -> AsyncIterator[tuple[Town, Any]]:
    async with a_town(database, a_changing_version(), MONDAY_NOON) as town:
        database.run_sql("\n".join([GRANT, *map(person_sql, PEOPLE)]))
        owner = await asyncpg.connect(database.dsn("migrator"))
        try:
            yield town, owner
        finally:
            await owner.close()


async def run(seed: int, steps: int, town: tuple[Town, Any]) -> tuple[Changing, set[str]]:
    city, kinds = Changing(seed, *town), set[str]()
    seen = SeenOfVersions(city)
    await city.begin()
    for _ in range(steps):
        await city.step()
        kinds |= city.kinds
        await seen.look()
    await city.at_rest()
    await seen.look()
    judge((body for (_, _, topic), body in seen.facts.items() if topic == CaseProgressed.TYPE), city.reported_by)
    assert await all_have_applied(city.town, city.now)
    return city, kinds


async def all_have_applied(town: Town, now: datetime) -> bool:
    """Whether every open case has applied the version in force."""
    number = (await town.reference.at(now)).number
    return await town.rows("select 1 from ledger.cases where closed_at is null and applied_version <> $1", number) == []


async def test_whatever_is_decided_anew_a_case_has_one_owner_and_moves_once(town: tuple[Town, Any]) -> None:
    city, kinds = await run(1, 150, town)

    assert kinds >= {"publish", "switch", "move"}
    assert len(city.done) > 75, "too little took effect to say anything"


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", range(2, 22))
async def test_whatever_is_decided_anew_at_length(town: tuple[Town, Any], seed: int) -> None:
    await run(seed, 600, town)
