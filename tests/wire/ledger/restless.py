"""A restless city: deliveries twice and out of order, acts, deaths halfway, restarts, a crashing relay, any clock."""

import asyncio
import dataclasses
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

import asyncpg
import msgspec
import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, CaseReturned, ReportFollowedUp
from services.desk.domain.permitted import ACT_TYPES, permitted
from services.desk.queries.cases import CASE_BY_ID
from services.ledger.domain.acts import RefusedError, SignIn
from services.ledger.domain.state import CaseDocument
from services.ledger.handlers import ApplyFollowUps, OpenCases
from services.ledger.metrics import LedgerMetrics
from services.ledger.store.acting import (
    ActAnswer,
    Asking,
    KeyReusedError,
    NoSuchCaseError,
    StaleRevisionError,
    UnknownTokenError,
)
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling, settle_all
from services.ledger.store.taking import take
from services.ledger.store.writing import write
from tests.builders import MONDAY_NOON, an_id
from tests.environment.database import Database
from tests.unit.ledger.gridded_town import a_gridded_city
from tests.waiting import eventually
from tests.wire.desk.office import TheCity
from tests.wire.ledger.bus import NAMES, Bus, Event
from tests.wire.ledger.disorder import FINAL, PEOPLE, RARE, asker_of, body_of, person_of, token_of

FRESH: Final = """
    delete from ledger.cases; delete from ledger.assignments; delete from ledger.clocks; delete from ledger.steps;
    delete from ledger.whistles; delete from ledger.whistle_calls; delete from ledger.facts; delete from ledger.pending;
    delete from ledger.followups; delete from ledger.acts; delete from delivery.epochs where epoch > 1;
"""
FIRST_TOKENS: Final = """
    with gone as (delete from identity.tokens where token_hash <> all ($1))
    update identity.tokens set revoked_at = null where token_hash = any ($1)
"""
ASKED: Final = "select body from ledger.facts where topic = 'case.returned.v1'"
NEXT: Final = "select min(next_at) from ledger.clocks where next_at > $1"
PENDING: Final = "select seq, case_id, version, topic::text from ledger.pending order by seq limit $1"
SENT: Final = "delete from ledger.pending where seq = any ($1)"
TICK: Final = timedelta(microseconds=1)
STALE: Final = 0.05
SELDOM: Final = 0.4
JOINED: Final = 0.05
"""Of the acts on cases that may be merged: who is merged does little more."""
CRASHES: Final = 0.2
HALF: Final = 0.5
RESTORES: Final = 0.2
NEW_TOKEN: Final = """
    with revoked as (update identity.tokens set revoked_at = clock_timestamp() where token_hash = $1)
    insert into identity.tokens values ($2, $4, $3, now(), now() + interval '1 day')
"""
NEW_EPOCH: Final = "insert into delivery.epochs (epoch, reason) select max(epoch) + 1, 'restored' from delivery.epochs"
SESSION: Final = "select exists (select from pg_stat_activity where pid = $1)"
AGAIN_MAX: Final = 5
LOST_RACES: Final = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


@dataclass(slots=True)
class Pools:
    """Connections as the services have them, and one of the superuser to look with."""

    writer: Any
    desk: Any
    owner: Any
    writer_dsn: str

    @classmethod
    async def of(cls, database: Database, stack: AsyncExitStack) -> Self:
        """Connect to a database that is prepared; `stack` closes what is opened."""

        async def pool(role: str) -> Any:
            return await stack.enter_async_context(asyncpg.create_pool(database.dsn(role), min_size=1, max_size=3))

        # A connection and no pool: a pool resets its connection after each of the looks, which costs as much again.
        owner = await asyncpg.connect(database.dsn("postgres"))
        stack.push_async_callback(owner.close)
        writer_dsn = database.dsn("ledger_writer")
        return cls(writer=await pool("ledger_writer"), desk=await pool("desk_api"), owner=owner, writer_dsn=writer_dsn)


@dataclass
class Restless:
    """Everything that can happen to a few cases; what happened is in `done`, for whoever reads a failure."""

    pools: Pools
    now: datetime = MONDAY_NOON
    bus: Bus = field(default_factory=Bus)
    taken_at: dict[UUID, datetime] = field(default_factory=dict)
    """When each case was last taken, and therefore settled."""
    sent: Counter[tuple[UUID, int, str]] = field(default_factory=Counter)
    sent_twice: set[tuple[UUID, int, str]] = field(default_factory=set)
    """Facts whose relay was killed before it forgot them."""
    forgotten: set[tuple[UUID, int, str]] = field(default_factory=set)
    """Facts that were sent and are pending no more."""
    opened: set[UUID] = field(default_factory=set)
    added: set[UUID] = field(default_factory=set)
    """Cases to which a resident added something that has reached the ledger."""
    kinds: set[str] = field(default_factory=set)
    """What happened since the last look."""
    acts: list[tuple[str, ActAnswer]] = field(default_factory=list)
    """Acts that took effect since then, with their answers."""
    done: list[str] = field(default_factory=list)
    last: tuple[Asking, ActAnswer] | None = None
    tokens: dict[str, bytes] = field(default_factory=lambda: {person: token_of(person) for person in PEOPLE})
    replaced: dict[bytes, str] = field(default_factory=dict)
    """Tokens that are nobody's any more, and whose they were."""
    serial: int = 0

    def __post_init__(self) -> None:
        cities: Any = TheCity(a_gridded_city())
        self.cities = cities
        self.openings, self.settling = Openings(self.pools.writer, cities), Settling(self.pools.writer, cities)
        self.acting = ActingTogether(self.pools.desk, cities)
        metrics = LedgerMetrics.create(CollectorRegistry())
        self.open_cases = OpenCases(ledger=self.openings, metrics=metrics, wake_relay=lambda: None)
        self.apply_followups = ApplyFollowUps(ledger=self.openings, metrics=metrics, wake_relay=lambda: None)

    async def begin(self) -> None:
        """Forget every case and go back to Monday morning."""
        await self.pools.owner.execute(FRESH)
        await self.pools.owner.execute(FIRST_TOKENS, list(self.tokens.values()))
        await self._set_clock(MONDAY_NOON)

    async def pass_time(self, minutes: int) -> None:
        if minutes:
            await self._set_clock(self.now + timedelta(minutes=minutes))

    async def go_to_the_next_step(self, *, just_before: bool) -> None:
        """Go to the instant at which the next step is owed, or to the last one before it."""
        owed = await self.pools.owner.fetchval(NEXT, self.now + TICK)
        if owed is not None:
            await self._set_clock(owed - TICK if just_before else owed)

    async def _set_clock(self, now: datetime) -> None:
        self.now = now
        await self.pools.owner.execute("update public.stepped set at = $1 where at <> $1", now)

    async def settle(self) -> None:
        """Settle what is owed, as sla does; whatever is owed by now is settled then."""
        steps = (await self.settling.settle_due(1_000)).steps
        for case_id in self.opened:
            self._note_taken(case_id)
        self._did("settle", f"{steps} steps")

    async def deliver(self, draw: random.Random) -> None:
        """Deliver some of what was ever sent, in any order, some of it twice."""
        await self.take_in(self.bus.some(draw))

    async def take_in(self, events: Sequence[Event]) -> None:
        """Take in what was delivered: a batch of decisions, then one of what residents added."""
        decisions = [event for event in events if isinstance(event, CaseDispatched)]
        added = [event for event in events if isinstance(event, ReportFollowedUp)]
        if decisions:
            await _until_done(lambda: self.open_cases(Batch([Delivered(one, None) for one in decisions])))
            self._note_opened(decisions)
        if added:
            await _until_done(lambda: self.apply_followups(Batch([Delivered(one, None) for one in added])))
            for event in added:
                self._note_taken(event.case_id)
            self.added |= {event.case_id for event in added}
        self._did("deliver", ", ".join(f"{type(event).__name__} {event.event_id}" for event in events))

    def _note_opened(self, decisions: list[CaseDispatched]) -> None:
        """A first decision opens and takes nothing, unless a follow-up waits; a further attempt takes its case."""
        for decision in sorted(decisions, key=lambda decision: decision.attempt):
            case_id = decision.report.case_id
            is_new = decision.attempt == 1 and case_id not in self.opened
            if is_new:
                self.opened.add(case_id)
            if decision.attempt > 1 or (is_new and case_id in self.added):
                self._note_taken(case_id)

    def _note_taken(self, case_id: UUID) -> None:
        if case_id in self.opened:
            self.taken_at[case_id] = self.now

    async def ask_the_router(self, draw: random.Random) -> None:
        """Let the router answer what the ledger has asked it."""
        rows = await self.pools.owner.fetch(ASKED)
        self.bus.decide((decode(row["body"], CaseReturned) for row in rows), draw)

    async def act(self, draw: random.Random) -> None:
        """Let somebody try something, mostly something that is offered to them."""
        asking = await self._something(draw)
        if asking is not None:
            await self.perform(asking)

    async def _something(self, draw: random.Random) -> Asking | None:
        name, person = draw.choice(NAMES), draw.choice(tuple(PEOPLE))
        if an_id(name) not in self.opened:
            return None
        document = await self.document(an_id(name))
        offered = list(ACT_TYPES) if draw.random() < 0.1 else list(permitted(document, asker_of(person)))
        may_be_merged = "merge" in offered
        if draw.random() < 0.8:
            offered = [kind for kind in offered if kind not in FINAL | {"note"}] or offered
        rare = [kind for kind in offered if kind in RARE]
        kind = draw.choice(rare if rare and draw.random() < SELDOM else offered or ["note"])
        kind = "merge" if may_be_merged and draw.random() < JOINED else kind
        body = body_of(kind, draw)
        if body is None:
            return None
        self.serial += 1
        return Asking(
            token_hash=self.tokens[person],
            case_id=an_id(name),
            act=msgspec.convert({"type": kind, **body}, ACT_TYPES[kind]),
            if_match=document.case.revision - (draw.random() < STALE),
            key=f"key-{self.serial}",
        )

    async def perform(self, asking: Asking) -> None:
        """Let somebody do something; what is refused changes nothing."""
        try:
            answer = await self.acting.perform(asking)
        except NoSuchCaseError:
            return
        except (RefusedError, StaleRevisionError) as refused:
            self._note_taken(asking.case_id)
            self._did("refused", f"{asking.act} {refused}")
            return
        self._note_taken(asking.case_id)
        self.last = (asking, answer)
        self.acts.append((tag_of(asking.act), answer))
        self._did(tag_of(asking.act), f"{asking.act} -> {answer.state}")

    async def repeat(self) -> None:
        """Say the last act again, as after a lost answer: the same answer, and nothing happens."""
        if self.last is None:
            return
        asking, answer = self.last
        if asking.token_hash in self.replaced:  # the person is the same, and so is the answer
            asking = dataclasses.replace(asking, token_hash=self.tokens[self.replaced[asking.token_hash]])
        try:
            again = await self.acting.perform(asking)
        except NoSuchCaseError:  # by their act they lost sight of it
            return
        assert again == msgspec.structs.replace(answer, replayed=True)
        with pytest.raises(KeyReusedError):
            await self.acting.perform(dataclasses.replace(asking, if_match=asking.if_match + 1))

    async def at_once(self, draw: random.Random) -> None:
        """Let two things happen at the same time."""
        first, second = await self._something(draw), await self._something(draw)
        beside = draw.random()
        async with asyncio.TaskGroup() as both:
            if first is not None:
                both.create_task(self.perform(first))
            if beside < HALF:
                both.create_task(self.settle())
            elif second is not None:
                both.create_task(self.perform(second))

    async def die_halfway(self, draw: random.Random) -> None:
        """Take a case, settle and write it, and be killed before the commit: nothing has happened."""
        connection = await asyncpg.connect(self.pools.writer_dsn)
        try:
            await connection.execute("begin")
            taken = await take(connection, [an_id(draw.choice(NAMES))])
            if taken is not None:
                await settle_all(connection, taken, self.cities)
                await write(connection, taken.cases)
        finally:
            pid = connection.get_server_pid()
            connection.terminate()
        # Until the server has noticed, it holds the row, and settling would rightly leave the case for its next turn.
        gone: bool = await eventually(lambda: self._is_gone(pid), within_seconds=30)
        assert gone
        self._did("die", "halfway")

    async def _is_gone(self, pid: int) -> bool:
        return not await self.pools.owner.fetchval(SESSION, pid)

    async def restart(self, draw: random.Random) -> None:
        """Begin with new connections; one person gets a new token, and the old one is nobody's any more.

        Sometimes with a new epoch, as a restore does: ids of facts stated from now on are others than those lost.
        """
        if draw.random() < RESTORES:
            await self.pools.owner.execute(NEW_EPOCH)
        await self.pools.writer.expire_connections()
        await self.pools.desk.expire_connections()
        person = draw.choice(tuple(PEOPLE))
        self.serial += 1
        old, new = self.tokens[person], an_id(f"token {self.serial}").bytes * 2
        await self.pools.owner.execute(NEW_TOKEN, old, new, person_of(person), prefix_of(self.serial))
        self.tokens[person] = new
        self.replaced[old] = person
        asking = Asking(token_hash=old, case_id=an_id(NAMES[0]), act=SignIn(), if_match=1, key="by an old token")
        with pytest.raises(UnknownTokenError):
            await self.acting.perform(asking)

    async def relay(self, draw: random.Random) -> None:
        """Send what is pending; the relay may be killed before it forgets what it sent."""
        rows = await self.pools.owner.fetch(PENDING, draw.randint(1, 30))
        facts = [(row["case_id"], row["version"], row["topic"]) for row in rows]
        self.sent.update(facts)
        if draw.random() < CRASHES:
            self.sent_twice.update(facts)
            return
        await self.pools.owner.execute(SENT, [row["seq"] for row in rows])
        self.forgotten.update(facts)

    async def document(self, case_id: UUID) -> CaseDocument:
        row = await self.pools.owner.fetchrow(CASE_BY_ID, case_id)
        return msgspec.json.decode(row["document"], type=CaseDocument)

    def _did(self, kind: str, what: str) -> None:
        self.kinds.add(kind)
        self.done.append(f"{self.now} {kind}: {what}"[:300])


async def _until_done(call: Callable[[], Awaitable[None]]) -> None:
    """Try again after a lost race, as a consumer does."""
    for _ in range(AGAIN_MAX):
        try:
            return await call()
        except LOST_RACES:
            continue
    raise AssertionError("a race was lost again and again")


def tag_of(act: Any) -> str:
    """Return the name an act has on the wire."""
    return str(act.__struct_config__.tag)


def prefix_of(serial: int) -> str:
    """Return the readable beginning of a token; `person…` are taken."""
    return "again" + "".join(chr(ord("a") + serial // 26**place % 26) for place in range(3))
