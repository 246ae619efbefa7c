"""The gate on cost: statements per batch, rows, messages and bytes per case. A change here is a decision."""

import asyncio
import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from uuid_utils.compat import uuid7

from services.appraisal.ports import Row
from services.appraisal.store.facts import PostgresFacts
from services.chassis.delivery.batch import Batch, Delivered
from services.chassis.sealing import Keys, keys_in
from services.contracts.codec import decode, encode
from services.contracts.events import CaseDispatched, ReportReceived
from services.intake.api.reading import claim_of
from services.intake.domain.admission import Admitted, admit
from services.intake.domain.form import ReportForm
from services.intake.domain.lately import SaidLately
from services.intake.handlers.accepting import AcceptReports
from services.intake.handlers.writing_down import ToAccept, written_down
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Moment
from services.intake.store.city import ReferenceCity
from services.intake.store.reports import PostgresReports
from services.ledger.domain.acts import Act, Handle, SignIn, Verify
from services.ledger.domain.whistle.acts import Blow, ReportIn
from services.ledger.store.acting import Asking
from services.ledger.store.acting_together import ACTS_MAX, ActingTogether
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling
from services.notify.ports import FactKey
from services.notify.store.book import PostgresBook
from services.router.decisions import record_of
from services.router.handlers import DecideReports
from services.router.metrics import RouterMetrics
from tests.benchmarks.counting import BYTES_TOLERANCE, added, baseline, counted_pool, rows_of
from tests.benchmarks.load.bodies import UNIQUE, bodies
from tests.builders import MONDAY_NOON, a_dispatched_case, a_report, an_id
from tests.environment.database import Database
from tests.unit.reference.test_default_rules import shipped
from tests.waiting import eventually
from tests.wire.desk.office import SETUP, TheCity, person_sql, token_of

pytestmark = pytest.mark.postgres

BATCH: Final = 100
AT: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
KEY: Final = json.dumps({"current": "k1", "keys": {"k1": base64.b64encode(bytes(range(32))).decode()}}).encode()


async def test_a_batch_of_reports_is_two_statements(database: Database) -> None:
    async with counted_pool(database, "intake_api") as (pool, statements):
        accept = AcceptReports(
            reports=PostgresReports(pool, 10),
            pictures=None,  # type: ignore[arg-type]  # no report of the load has a picture
            keys=some_keys(),
            metrics=IntakeMetrics.create(CollectorRegistry()),
            new_id=uuid7,
        )
        before = rows_of(database)
        with statements.counted() as sent:
            await asyncio.gather(
                *(accept.one(one, claim_of("address/10.0.0.1", str(n), b"")) for n, one in enumerate(admitted()))
            )

    assert len(sent) == baseline("intake.statements_per_batch")
    assert added(before, rows_of(database), BATCH) == baseline("intake.rows_per_report")


async def test_a_report_costs_one_decision_of_bounded_size() -> None:
    told: list[CaseDispatched] = []

    class Told:
        async def publish(self, decisions: Sequence[CaseDispatched]) -> None:
            told.extend(decisions)

    class Shipped:
        async def at(self, _: datetime) -> Any:
            return shipped()

        async def version(self, _: int) -> Any:
            return shipped()

    decide = DecideReports(
        references=Shipped(), decisions=Told(), metrics=RouterMetrics.create(CollectorRegistry()), epoch=1
    )
    events = received()

    await decide(Batch([Delivered(event, None) for event in events]))

    assert len(told) / BATCH == baseline("router.messages_per_report")
    assert mean(len(encode(event)) for event in events) <= BYTES_TOLERANCE * baseline("intake.bytes_per_report")
    assert mean(len(record_of(one).value) for one in told) <= BYTES_TOLERANCE * baseline("router.bytes_per_decision")


async def test_a_batch_of_first_decisions_is_four_statements(database: Database) -> None:
    database.run_sql(SETUP)
    decisions = [a_dispatched_case(f"case {number}") for number in range(BATCH)]
    async with counted_pool(database, "ledger_writer") as (pool, statements):
        ledger = Openings(pool, TheCity())  # type: ignore[arg-type]
        before = rows_of(database)
        with statements.counted() as sent:
            async with ledger.gate() as gate:
                await gate.open_once(decisions)
        size = await pool.fetchval("select avg(octet_length(body)) from ledger.facts")

    assert len(sent) == baseline("ledger.statements_per_batch")
    assert added(before, rows_of(database), BATCH) == baseline("ledger.rows_per_case")
    assert size <= BYTES_TOLERANCE * baseline("ledger.bytes_per_case_progressed")


async def test_repeats_join_together_in_as_many_statements_as_one_of_them(database: Database) -> None:
    database.run_sql(SETUP)
    again = [a_report(f"again {number}", repeats=an_id(f"case {number}")) for number in range(BATCH)]
    async with counted_pool(database, "ledger_writer") as (pool, statements):
        ledger = Openings(pool, TheCity())  # type: ignore[arg-type]
        async with ledger.gate() as gate:
            await gate.open_once([a_dispatched_case(f"case {number}") for number in range(BATCH)])
        before = rows_of(database)
        with statements.counted() as sent:
            async with ledger.gate() as gate:
                await gate.open_repeats([a_dispatched_case(f"again {n}", report) for n, report in enumerate(again)])

    assert len(sent) == baseline("ledger.statements_per_batch_of_repeats")
    assert added(before, rows_of(database), BATCH) == baseline("ledger.rows_per_repeat")


async def test_a_turn_of_owed_steps_costs_as_many_statements_for_one_case_as_for_many(database: Database) -> None:
    database.run_sql(SETUP)
    async with counted_pool(database, "ledger_writer") as (pool, statements):
        city: Any = TheCity()
        async with Openings(pool, city).gate() as gate:
            await gate.open_once([a_dispatched_case(f"case {number}") for number in range(BATCH)])
        database.run_sql(
            "update public.stepped set at = '2026-03-02 07:00:01+00'"
        )  # four working hours later: one urge each
        before = rows_of(database)
        with statements.counted() as sent:
            settled = await Settling(pool, city).settle_due(BATCH)

    assert settled.steps == settled.cases == BATCH
    assert len(sent) == baseline("sla.statements_per_turn")
    assert added(before, rows_of(database), BATCH) == baseline("sla.rows_per_step")


async def test_an_act_is_four_statements_and_one_more_where_somebody_may_be_called(database: Database) -> None:
    database.run_sql(SETUP + "\n".join(person_sql(name) for name in ("drainage", "coordinator", "center")))
    city: Any = TheCity()
    async with counted_pool(database, "ledger_writer") as (pool, _), Openings(pool, city).gate() as gate:
        await gate.open_once([a_dispatched_case()])
    costs: dict[str, int] = {}
    rows: dict[str, dict[str, float]] = {}
    async with counted_pool(database, "desk_api") as (pool, statements):
        acting, revision = ActingTogether(pool, city), 1
        for who, act in LIFE:
            name = str(act.__struct_config__.tag)
            before = rows_of(database)
            with statements.counted() as sent:
                answer = await acting.perform(asking(who, act, revision))
            revision, costs[name], rows[name] = answer.revision, len(sent), added(before, rows_of(database), 1)

    assert costs == baseline("desk.statements_per_act")
    assert rows == baseline("desk.rows_per_act")


async def test_acts_that_come_together_are_as_many_statements_as_one(database: Database) -> None:
    database.run_sql(SETUP + person_sql("drainage"))
    city: Any = TheCity()
    names = [f"case {number}" for number in range(ACTS_MAX)]
    async with counted_pool(database, "ledger_writer") as (pool, _), Openings(pool, city).gate() as gate:
        await gate.open_once([a_dispatched_case(name) for name in names])
    async with counted_pool(database, "desk_api") as (pool, statements):
        acting = ActingTogether(pool, city)
        first = asking("drainage", SignIn(), 1)
        asked = [replace(first, case_id=an_id(name), key=name) for name in names]
        with statements.counted() as sent:
            await asyncio.gather(*(acting.perform(one) for one in asked))

    assert len(sent) == baseline("desk.statements_per_batch_of_acts")


async def test_no_function_of_an_opening_or_an_act_is_planned_anew(database: Database) -> None:
    """One written in SQL is, on every call, unless it melts into its caller, as the real clock does."""
    database.run_sql(SETUP + "\n".join(person_sql(name) for name in ("drainage", "coordinator", "center")))
    database.run_sql(f"alter database {database.name} set track_functions = 'all'")
    city: Any = TheCity()
    async with counted_pool(database, "ledger_writer") as (pool, _), Openings(pool, city).gate() as gate:
        await gate.open_once([a_dispatched_case()])
    await everybody_gone(database)
    before = functions_called(database)
    async with counted_pool(database, "desk_api") as (pool, _):
        acting, revision = ActingTogether(pool, city), 1
        for who, act in LIFE:
            revision = (await acting.perform(asking(who, act, revision))).revision
    await everybody_gone(database)

    called = functions_called(database)
    of_acts = {name: more for name, calls in called.items() if (more := calls - before.get(name, 0))}
    assert of_acts == baseline("desk.functions_per_life")
    assert called.keys().isdisjoint(database.run_sql(PLANNED_ANEW).split())
    assert database.run_sql(KEPT).split() == ["open", "take", "take_each", "write", "write_each"]


async def test_a_batch_of_facts_is_one_statement(database: Database) -> None:
    async with counted_pool(database, "notify") as (pool, statements):
        before = rows_of(database)
        with statements.counted() as sent:
            await PostgresBook(pool).record_once([FactKey(an_id(f"case {number}"), 1) for number in range(BATCH)], [])

    assert len(sent) == baseline("notify.statements_per_batch")
    assert added(before, rows_of(database), BATCH) == baseline("notify.rows_per_fact")


async def test_a_batch_of_facts_is_one_statement_for_the_appraisal_too(database: Database) -> None:
    rows = [Row(an_id(f"case {number}"), 1, MONDAY_NOON, "opened") for number in range(BATCH)]
    async with counted_pool(database, "appraisal") as (pool, statements):
        before = rows_of(database)
        with statements.counted() as sent:
            await PostgresFacts(pool).keep_once(rows)

    assert len(sent) == baseline("appraisal.statements_per_batch")
    assert added(before, rows_of(database), BATCH) == baseline("appraisal.rows_per_fact")


CALLED: Final = """
    select schemaname || '.' || funcname || ' ' || calls from pg_stat_user_functions
    where calls > 0 and schemaname || '.' || funcname <> 'clock.now'
"""
PLANNED_ANEW: Final = """
    select p.pronamespace::regnamespace || '.' || p.proname from pg_proc p
    where p.prolang = (select oid from pg_language where lanname = 'sql')
"""
KEPT: Final = """
    select proname from pg_proc where pronamespace = 'ledger'::regnamespace
        and proname in ('open', 'take', 'take_each', 'write', 'write_each')
        and 'plan_cache_mode=force_generic_plan' = any (proconfig) order by 1
"""


SESSIONS: Final = """
    select count(*) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""


async def everybody_gone(database: Database) -> None:
    """Return when every session has ended: it has then told all its calls; before, perhaps a part of them."""
    await eventually(lambda: database.run_sql(SESSIONS) == "0", within_seconds=60)


def functions_called(database: Database) -> dict[str, int]:
    """Return how often each function was called, as far as sessions have told."""
    return {name: int(calls) for name, calls in (line.split() for line in database.run_sql(CALLED).splitlines())}


LIFE: Final[tuple[tuple[str, Act], ...]] = (
    ("drainage", SignIn()),
    ("coordinator", Blow("public_demand", "到期未处置")),
    ("drainage", ReportIn()),
    ("drainage", Handle("周一上午", "报告人王某", "已清掏", "二组")),
    ("center", Verify(done=True)),
)


def asking(who: str, act: Act, revision: int) -> Asking:
    key = str(act.__struct_config__.tag)
    token_hash = token_of(who).token_hash
    return Asking(token_hash=token_hash, case_id=an_id("case"), act=act, if_match=revision, key=key)


@cache
def some_keys() -> Keys:
    return keys_in(KEY)


@cache
def admitted() -> tuple[Admitted, ...]:
    """A batch of the load's reports, as intake lets them in."""
    city, forms = ReferenceCity(shipped()), msgspec.json.Decoder(ReportForm)
    return tuple(admit(forms.decode(body.replace(UNIQUE, "甲")), city, by_staff=False) for body in bodies(BATCH))


def received() -> list[ReportReceived]:
    """The same reports on the wire."""
    moment = Moment(AT, 1, range(BATCH))
    ids = (UUID(int=number) for number in range(BATCH))
    accepted = [ToAccept(next(ids), one, None) for one in admitted()]
    rows = [written_down(one, moment, 100_000, some_keys(), SaidLately()) for one in accepted]
    return [decode(row.body, ReportReceived) for row in rows]


def mean(sizes: Iterable[int]) -> float:
    return sum(sizes) / BATCH
