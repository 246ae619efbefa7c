"""A page of a long queue costs what a page of a short one costs: every part is read along an index, in due order."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final
from uuid import UUID

import pytest

from services.desk.domain.queue import QueueFilter, QueuePlace
from services.desk.domain.whistles import WhistleFilter
from services.desk.queries.asking import asking
from services.desk.queries.feed import FEED, PROPOSALS
from services.desk.queries.queue import queue_statement
from services.desk.queries.whistles import whistles_statement
from tests.builders import MONDAY_NOON
from tests.environment.database import Clones, Database
from tests.wire.desk.office import Office, an_office, seat, token_of

pytestmark = pytest.mark.postgres

CASES: Final = 25_000
FILL: Final = f"""
select setseed(0.5);
create temporary table made as
select gen_random_uuid() as case_id, n, (n % 40) as unit, 'sub-0' || (1 + n % 8) as subdistrict,
    case when n % 101 = 0 then 'handled' when n % 3 = 0 then 'in_progress' else 'dispatched' end as state,
    timestamptz '2026-03-01' + n * interval '7 seconds' as due_at
from generate_series(1, {CASES}) n;
insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, item, lane,
    barred_units, units, subdistrict, accepted_at, opened_at, changed_at, handled_at, reference_version,
    applied_version, whistle_open, whistles, decision, reports)
select case_id, 'n' || n, 1, state, 1, 'unit-' || unit, '{{}}', 'D', 'normal', '0203', 'ordinary', '{{}}',
    array['unit-' || unit, subdistrict, 'district_command_center'], subdistrict, due_at, due_at, due_at,
    case when state = 'handled' then due_at end, 1, 1, case when n % 51 = 0 then 1 end, (n % 51 = 0)::int,
    '{{"report": {{"place": {{"grid": "g"}}}}}}', '[]'
from made;
insert into ledger.assignments (case_id, attempt, unit, role, handling_unit, state, opened_at, due_at, lane,
    barred_units, units)
select case_id, 1, 'unit-' || unit, 'lead', 'unit-' || unit, 'open', due_at, due_at, 'ordinary', '{{}}',
    array['unit-' || unit, subdistrict, 'district_command_center']
from made;
insert into ledger.clocks (case_id, kind, unit, cycle, started_at, allowed, due_at, calendar, ladder)
select m.case_id, k.kind, case when k.kind in ('promise', 'verification') then '' else 'unit-' || m.unit end, 1,
    m.due_at, '1wd', m.due_at, 1, 'overdue'
from made m cross join (values ('promise'), ('sign_in'), ('handling'), ('verification'), ('report_in')) k (kind)
where k.kind in ('promise', 'sign_in', 'handling') or k.kind = 'verification' and m.state = 'handled'
    or k.kind = 'report_in' and m.n % 51 = 0;
insert into ledger.whistles (case_id, number, kind, subdistrict, automatic, reason, blown_at, closed_at, lane,
    barred_units, units)
select case_id, 1, 'public_demand', subdistrict, true, '', due_at, case when n % 51 <> 0 then due_at end, 'ordinary',
    '{{}}', array['unit-' || unit, subdistrict, 'district_command_center']
from made where n % 17 = 0;
analyze ledger.cases; analyze ledger.assignments; analyze ledger.clocks; analyze ledger.whistles; analyze ledger.steps;
"""
AFTER: Final = QueuePlace(MONDAY_NOON, UUID(int=7), "lead:unit-7")


@pytest.fixture(scope="module")
def full_database(clones: Clones) -> Iterator[Database]:
    """Filled once: these tests only read."""
    with clones.one() as database:
        seat(database)
        for name, unit in (("drainage", "unit-7"), ("street", "sub-01")):
            person = f"(select person_id from identity.tokens where prefix = '{token_of(name).prefix}')"
            database.run_sql(f"update identity.roles set unit = '{unit}' where person_id = {person}")
        database.run_sql(FILL)
        yield database


@pytest.fixture
async def full(full_database: Database) -> AsyncIterator[Office]:
    async with an_office(full_database, fresh=False) as office:
        yield office


QUEUES: Final = [
    pytest.param("drainage", QueueFilter(), None, id="a-clerk"),
    pytest.param("drainage", QueueFilter(), AFTER, id="a-clerk-further-down"),
    pytest.param("drainage", QueueFilter(overdue=False, expected="handle"), None, id="a-clerk-who-filters"),
    pytest.param("drainage", QueueFilter(q="n4007"), None, id="a-number"),
    pytest.param("street", QueueFilter(), None, id="a-street"),
    pytest.param("center", QueueFilter(), None, id="the-center"),
]


@pytest.mark.parametrize("kind", ["custom", "generic"])
async def test_no_page_reads_a_table_from_its_start(full: Office, kind: str) -> None:
    for param in QUEUES:
        who, asked, after = param.values
        async with asking(full.desk.pool, token_of(str(who)).token_hash) as asked_by:
            statement, values = queue_statement(asked_by.asker, asked, after, 51)  # type: ignore[arg-type]
            plan = await explained(asked_by.connection, statement, values, kind)

        assert not sequential(plan), (param.id, json.dumps(plan, indent=1))
        assert rows_read(plan) < 2_500, (param.id, json.dumps(plan, indent=1))


async def test_a_clerks_page_is_found_by_unit_and_due_time(full: Office) -> None:
    async with asking(full.desk.pool, token_of("drainage").token_hash) as asked_by:
        statement, values = queue_statement(asked_by.asker, QueueFilter(overdue=False), AFTER, 51)
        plan = await explained(asked_by.connection, statement, values, "generic")

    (condition,) = [node["Index Cond"] for node in nodes(plan) if node.get("Index Name") == "assignments_queue"]
    assert "handling_unit =" in condition
    assert "due_at >=" in condition
    assert "ROW(due_at, case_id)" in condition


@pytest.mark.parametrize("which", ["open", "closed"])
async def test_whistles_are_read_in_the_order_they_were_blown(full: Office, which: str) -> None:
    for who in ("drainage", "street", "center"):
        async with asking(full.desk.pool, token_of(who).token_hash) as asked_by:
            statement, values = whistles_statement(WhistleFilter(open=which == "open"), None, 51)
            plan = await explained(asked_by.connection, statement, values, "custom")

        assert not sequential(plan), json.dumps(plan, indent=1)


LISTS: Final = [
    pytest.param(FEED, [50, None], id="the-leaders-feed"),
    pytest.param(PROPOSALS, [["bulletin", "interview", "express"]], id="what-waits-for-a-word"),
]


@pytest.mark.parametrize(("statement", "values"), LISTS)
async def test_what_a_leader_reads_first_does_not_grow_with_the_cases(
    full: Office, statement: str, values: list[object]
) -> None:
    async with asking(full.desk.pool, token_of("leader").token_hash) as asked_by:
        plan = await explained(asked_by.connection, statement, values, "generic")

    assert not sequential(plan), json.dumps(plan, indent=1)
    assert rows_read(plan) < 2_500, json.dumps(plan, indent=1)


async def explained(connection: Any, statement: str, values: list[object], kind: str) -> dict[str, Any]:
    """Return the plan as executed; the generic one serves any values."""
    await connection.execute(f"set local plan_cache_mode = force_{kind}_plan")
    told = await connection.fetchval(f"explain (analyze, format json) {statement}", *values)
    return dict(json.loads(told)[0]["Plan"])


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


def sequential(plan: dict[str, Any]) -> list[str]:
    """Return the ledger's tables that were read from their start."""
    big = {"cases", "assignments", "clocks", "whistles"}
    return [node["Relation Name"] for node in nodes(plan)
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in big and node["Actual Loops"]]  # fmt: skip


def rows_read(plan: dict[str, Any]) -> int:
    """Return how many rows the scans gave or threw away."""
    scans = [node for node in nodes(plan) if "Relation Name" in node]
    return sum(
        int(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))) for node in scans
    )
