"""The ledger's store on real PostgreSQL: opened once, settled once, one way to write."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed, ReportFollowedUp
from services.ledger.domain.acts import Handle, RefusedError, Return, SignIn, Verify
from services.ledger.domain.city import City
from services.ledger.domain.moving import Coming
from services.ledger.domain.whistle.acts import Blow
from services.ledger.store.acting import (
    ActAnswer,
    Acting,
    Asking,
    KeyReusedError,
    NoSuchCaseError,
    StaleRevisionError,
    UnknownTokenError,
)
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling
from tests.builders import a_city, a_dispatched_case, a_report, an_id
from tests.environment.database import Database
from tests.unit.ledger.cases import ANSWER

SETUP = """
insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
values (1, '2026-01-01', '2026-01-01', gen_random_uuid(), gen_random_uuid(), '\\x00');
create table public.stepped (at timestamptz not null);
insert into public.stepped values ('2026-03-02 01:00:00+00');
grant select on public.stepped to public; grant usage on schema public to public;
create or replace function clock.now() returns timestamptz language sql as 'select at from public.stepped';
"""
TOKENS = {unit: unit.encode().ljust(32, b".") for unit in ("drainage", "sub-01", "education")}
PREFIXES = {"drainage": "drainage", "sub-01": "suboneaa", "education": "educatio"}
ROLES = {"drainage": "clerk", "sub-01": "subdistrict_coordinator", "education": "clerk"}


class TheCity:
    """Every version is the same city."""

    async def of(self, decided: int, applied: int | None = None) -> City:
        return a_city()

    async def coming(self, decided: int, applied: int, at: datetime) -> tuple[Coming, ...]:
        return ()


class LedgerInTest:
    def __init__(self, database: Database, pool: Any, acting: Acting | ActingTogether) -> None:
        self.database, self.pool = database, pool
        self.openings = Openings(pool, TheCity())  # type: ignore[arg-type]
        self.settling = Settling(pool, TheCity())  # type: ignore[arg-type]
        self.acting = acting

    async def open(self, *names: str, **changes: Any) -> int:
        async with self.openings.gate() as gate:
            return len(await gate.open_once([a_dispatched_case(name, **changes) for name in names]))

    def at(self, instant: str) -> None:
        self.database.run_sql(f"update public.stepped set at = '{instant}'")

    def count(self, sql: str) -> int:
        return int(self.database.run_sql(f"select count(*) from {sql}"))

    async def act(self, unit: str, act: Any, *, revision: int, key: str = "", case: str = "case") -> ActAnswer:
        return await self.acting.perform(
            Asking(token_hash=TOKENS[unit], case_id=an_id(case), act=act, if_match=revision, key=key or str(act)[:100])
        )


@pytest.fixture(params=[Acting, ActingTogether])
async def ledger(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[LedgerInTest]:
    database.run_sql(SETUP + "\n".join(person_sql(unit) for unit in TOKENS))
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4) as pool,
        asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4) as desk,
    ):
        yield LedgerInTest(database, pool, request.param(desk, TheCity()))


def person_sql(unit: str) -> str:
    """Return the SQL of one person with one role in `unit` and one token."""
    person, prefix = an_id(f"person of {unit}"), PREFIXES[unit]
    return f"""
    insert into identity.persons values ('{person}', '某某', now());
    insert into identity.roles (person_id, unit, role, valid_from)
    values ('{person}', '{unit}', '{ROLES[unit]}', '2026-01-01');
    insert into identity.tokens
    values ('\\x{TOKENS[unit].hex()}', '{prefix}', '{person}', now(), now() + interval '1 day');
    """


async def test_a_redelivered_decision_opens_its_case_once(ledger: LedgerInTest) -> None:
    assert await ledger.open("case", "other") == 2
    assert await ledger.open("case", "case") == 0

    assert ledger.count("ledger.cases") == 2
    assert ledger.count("ledger.assignments") == 6
    assert ledger.count("ledger.clocks") == 10
    assert ledger.count("ledger.pending") == ledger.count("ledger.facts") == 2


async def test_the_stored_fact_is_the_event_that_will_be_sent(ledger: LedgerInTest) -> None:
    await ledger.open("case")

    body = bytes(await ledger.pool.fetchval("select body from ledger.facts"))
    event = decode(body, CaseProgressed)
    assert (event.case_id, event.version, event.lead) == (an_id("case"), 1, "drainage")
    assert {clock.kind for clock in event.clocks} == {"promise", "sign_in", "handling"}


async def test_steps_take_effect_once_and_never_early(ledger: LedgerInTest) -> None:
    await ledger.open("case")
    assert (await ledger.settling.settle_due(100)).steps == 0

    ledger.at("2026-03-03 01:00:00+00")
    settled = await ledger.settling.settle_due(100)
    again = await ledger.settling.settle_due(100)

    assert settled.steps > 0
    assert again.steps == 0
    assert ledger.count("ledger.whistle_calls") == 3
    assert ledger.count("ledger.steps where effective_at < owed_at") == 0
    assert ledger.count("ledger.facts") == 1 + settled.steps


async def test_a_case_goes_its_way_through_the_database(ledger: LedgerInTest) -> None:
    await ledger.open("case")

    signed_in = await ledger.act("drainage", SignIn(), revision=1)
    handled = await ledger.act("drainage", Handle(**ANSWER), revision=signed_in.revision)
    closed = await ledger.act("sub-01", Verify(done=True), revision=handled.revision)

    assert closed.state == "closed"
    assert ledger.count("ledger.assignments where ended_at is null") == 0
    assert ledger.count("ledger.clocks where stopped_at is null and kind <> 'follow_up'") == 0
    versions = [row[0] for row in await ledger.pool.fetch("select version from ledger.facts order by version")]
    assert versions == [1, 2, 3, 4, 5]


async def test_a_repeated_act_answers_the_same_and_does_nothing(ledger: LedgerInTest) -> None:
    await ledger.open("case")

    first = await ledger.act("drainage", SignIn(), revision=1, key="k")
    again = await ledger.act("drainage", SignIn(), revision=1, key="k")

    assert again.replayed
    assert again.version == first.version
    with pytest.raises(KeyReusedError):
        await ledger.act("drainage", Return(reason="不归我们", suggested="sanitation"), revision=1, key="k")


async def test_a_refused_act_still_commits_what_was_settled(ledger: LedgerInTest) -> None:
    await ledger.open("case")
    ledger.at("2026-03-03 01:00:00+00")

    with pytest.raises(RefusedError):
        await ledger.act("drainage", Handle(**ANSWER), revision=1)

    assert ledger.count("ledger.whistles") == 1
    assert ledger.count("ledger.acts") == 0


async def test_an_old_revision_is_refused_but_a_blue_mark_does_not_make_a_click_fail(ledger: LedgerInTest) -> None:
    await ledger.open("case")
    ledger.at("2026-03-02 09:00:00+00")
    assert (await ledger.settling.settle_due(10)).steps > 0

    await ledger.act("drainage", SignIn(), revision=1)

    with pytest.raises(StaleRevisionError) as stale:
        await ledger.act("drainage", Handle(**ANSWER), revision=1, key="late")
    assert stale.value.revision == 2


async def test_somebody_elses_case_does_not_exist(ledger: LedgerInTest) -> None:
    await ledger.open("case")

    with pytest.raises(NoSuchCaseError):
        await ledger.act("education", SignIn(), revision=1)
    with pytest.raises(NoSuchCaseError):
        await ledger.act("drainage", SignIn(), revision=1, case="unknown")
    with pytest.raises(UnknownTokenError):
        await ledger.acting.perform(
            Asking(token_hash=b"x" * 32, case_id=an_id("case"), act=SignIn(), if_match=1, key="k")
        )


async def test_desk_sees_its_own_rows_only_and_writes_none(ledger: LedgerInTest, database: Database) -> None:
    await ledger.open("case")
    desk = await asyncpg.connect(database.dsn("desk_api"))
    try:
        for unit, seen in (("drainage", 1), ("education", 0)):
            async with desk.transaction():
                await desk.execute("select set_config('whistle.token', $1, true)", TOKENS[unit].hex())
                assert await desk.fetchval("select count(*) from ledger.cases") == seen
                assert await desk.fetchval("select count(*) from ledger.facts") == seen
        assert await desk.fetchval("select count(*) from ledger.cases") == 0
        for forbidden in (
            "update ledger.cases set lead = 'x'",
            "select ledger.take('{}', null, null)",
            "select ledger.gate()",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await desk.execute(forbidden)
    finally:
        await desk.close()


async def test_a_follow_up_that_came_first_waits_for_its_case(ledger: LedgerInTest) -> None:
    event = ReportFollowedUp(
        event_id=an_id("follow-up"),
        report_id=an_id("case"),
        case_id=an_id("case"),
        at=a_report().accepted_at,
        kind="facts",
        text="水更深了",
    )
    async with ledger.openings.gate() as gate:
        await gate.keep_followups([event])
    async with ledger.openings.gate() as gate:
        opened = await gate.open_once([a_dispatched_case()])
        assert opened[0].followed_up
        await gate.apply_followups([opened[0].case_id])
    async with ledger.openings.gate() as gate:
        await gate.keep_followups([decode(encode(event), ReportFollowedUp)])

    assert ledger.count("ledger.facts") == 2
    assert ledger.count("ledger.followups where applied_version = 2") == 1


async def test_a_next_attempt_replaces_the_lead_in_one_transaction(ledger: LedgerInTest) -> None:
    await ledger.open("case")
    await ledger.act("drainage", Return(reason="不属于我单位", suggested="municipal_works"), revision=1)
    assert ledger.count("ledger.facts where topic = 'case.returned.v1'") == 1

    next_ = a_dispatched_case(attempt=2, lead="municipal_works")
    for _ in range(2):
        async with ledger.openings.gate() as gate:
            await gate.open_attempts([next_])

    leads = ledger.database.run_sql("select unit from ledger.assignments where role = 'lead' and ended_at is null")
    assert leads.strip() == "municipal_works"
    assert ledger.count("ledger.facts where topic = 'case.progressed.v1'") == 3


async def test_a_department_called_from_outside_sees_the_whole_case(ledger: LedgerInTest, database: Database) -> None:
    await ledger.open("case", cooperating=())
    blow = Blow(kind="enforcement", reason="需要现场联合处置", called=("drainage", "sanitation"))

    await ledger.act("sub-01", blow, revision=1)

    seen = ledger.database.run_sql("select 'sanitation' = any (units) from ledger.assignments")
    assert seen.split() == ["t"]


async def test_who_settles_waits_for_nobody_and_misses_nothing(ledger: LedgerInTest) -> None:
    names = [f"case-{n}" for n in range(50)]
    await ledger.open(*names)
    ledger.at("2026-03-03 01:00:00+00")

    done = await asyncio.gather(*(ledger.settling.settle_due(20) for _ in range(4)))
    while (more := await ledger.settling.settle_due(20)).steps:
        done.append(more)

    assert sum(settled.steps for settled in done) == ledger.count("ledger.steps")
    assert ledger.count("ledger.whistles") == 50
