"""Who may do what in intake's and identity's schemas: one role per process, nothing by default, every look audited."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from services.identity.actors import ask_as, who_is_asking
from services.identity.persons import give_token, load_persons
from services.identity.tokens import IssuedToken
from services.intake.ports import NewReport, Sealed
from services.intake.store.reports import PostgresReports
from services.reference.sheets.persons import PersonInRole
from tests.builders import an_id
from tests.environment.database import Database

pytestmark = pytest.mark.postgres

Connect = Callable[[str], Awaitable[Any]]


@pytest.fixture
async def connect(database: Database) -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        async def connected(role: str) -> Any:
            connection = await asyncpg.connect(database.dsn(role))
            stack.push_async_callback(connection.close)
            return connection

        yield connected


async def someone(connect: Connect, name: str, unit: str, **changes: Any) -> IssuedToken:
    operator = await connect("operator")
    fields: dict[str, Any] = {"lane": "ordinary", "valid_from": date(2026, 1, 1), "valid_to": None}
    await load_persons(
        operator, [PersonInRole(person_id=an_id(name), name=name, unit=unit, role="clerk", **fields | changes)]
    )
    return await give_token(operator, an_id(name), timedelta(hours=1))


async def a_report(database: Database, lane: Any = "ordinary", barred: tuple[str, ...] = ()) -> UUID:
    async with asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=1) as pool:
        reports = PostgresReports(pool, 10)
        moment = await reports.begin(1)
        row = NewReport(
            report_id=uuid7(),
            serial=moment.serials[0],
            lane=lane,
            barred_units=barred,
            body=b"{}",
            key_id="k1",
            claim=None,
            contact=Sealed(b"w", b"s"),
            tail_mac=None,
            raw=Sealed(b"w", b"t"),
            attachments=(),
        )
        await reports.accept_once([row], moment)
    return row.report_id


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        pytest.param("intake_relay", "select sealed from vault.contacts", id="the-relay-into-the-vault"),
        pytest.param("intake_relay", "insert into intake.pending default values", id="the-relay-adds-something"),
        pytest.param("intake_relay", "delete from intake.reports", id="the-relay-deletes-a-report"),
        pytest.param("intake_api", "select sealed from vault.contacts", id="intake-reads-what-it-sealed"),
        pytest.param("intake_api", "update intake.reports set body = ''", id="intake-changes-a-fact"),
        pytest.param("intake_api", "delete from intake.reports", id="intake-deletes-a-fact"),
        pytest.param("intake_api", "select vault.reveal(gen_random_uuid(), 'x')", id="intake-reveals"),
        pytest.param("notify", "select sealed from vault.contacts", id="notify-reads-without-revealing"),
        pytest.param("router", "select body from intake.reports", id="the-router-reads-reports"),
        pytest.param("desk_api", "select body from intake.reports", id="desk-reads-reports"),
        pytest.param("desk_api", "select sealed from vault.raw_texts", id="desk-reads-without-revealing"),
        pytest.param("desk_api", "delete from vault.audit", id="desk-cleans-the-audit"),
        pytest.param("operator", "select sealed from vault.contacts", id="the-operator-into-the-vault"),
        pytest.param("desk_api", "select * from identity.tokens", id="desk-reads-tokens"),
        pytest.param("operator", "select * from identity.tokens", id="the-operator-reads-hashes"),
        pytest.param("desk_api", "select identity.add_person(gen_random_uuid(), 'x')", id="desk-adds-persons"),
        pytest.param("intake_api", "select identity.issue_token('x', 'x', gen_random_uuid(), '1d')", id="issue"),
    ],
)  # fmt: skip
async def test_what_a_role_is_not_given_it_cannot_do(connect: Connect, role: str, sql: str) -> None:
    connection = await connect(role)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)


async def test_a_look_into_the_vault_leaves_its_audit_row(database: Database, connect: Connect) -> None:
    report_id = await a_report(database)
    token = await someone(connect, "wang", "drainage")
    desk = await connect("desk_api")

    async with desk.transaction():
        await ask_as(desk, token.token_hash)
        parts = await desk.fetch("select what, sealed from vault.reveal($1, 'call back')", report_id)

    assert {(part["what"], part["sealed"]) for part in parts} == {("contact", b"s"), ("text", b"t")}
    audit = database.run_sql("select report_id, person_id, process, purpose from vault.audit")
    assert audit == f"{report_id}|{an_id('wang')}|desk_api|call back"


@pytest.mark.parametrize(
    ("lane", "barred", "unit"),
    [
        pytest.param("ordinary", ("drainage",), "drainage", id="who-is-accused"),
        pytest.param("drugs", (), "drainage", id="who-is-not-in-the-lane"),
    ],
)
async def test_the_vault_stays_closed(
    database: Database, connect: Connect, lane: str, barred: tuple[str, ...], unit: str
) -> None:
    report_id = await a_report(database, lane, barred)
    token = await someone(connect, "wang", unit)
    desk = await connect("desk_api")

    async with desk.transaction():
        await ask_as(desk, token.token_hash)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.transaction():
                await desk.fetch("select * from vault.reveal($1, 'curious')", report_id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await desk.fetch("select * from vault.reveal($1, 'nobody')", report_id)

    assert database.run_sql("select count(*) from vault.audit") == "0"


async def test_pictures_are_shown_to_those_who_may_see_the_report(database: Database, connect: Connect) -> None:
    report_id = await a_report(database, barred=("drainage",))
    database.run_sql(
        "insert into intake.attachments (attachment_id, sha256, media_type, bytes, width, height, report_id) "
        f"values (gen_random_uuid(), sha256('x'), 'image/jpeg', 1, 1, 1, '{report_id}')"
    )
    desk = await connect("desk_api")
    shown = []
    for name, unit in (("wang", "drainage"), ("li", "police")):
        token = await someone(connect, name, unit)
        async with desk.transaction():
            await ask_as(desk, token.token_hash)
            shown.append(len(await desk.fetch("select * from intake.pictures_of($1)", report_id)))

    assert shown == [0, 1]


async def test_a_revoked_token_and_an_ended_role_are_nobody_at_once(connect: Connect) -> None:
    token = await someone(connect, "wang", "drainage")
    other = await someone(connect, "li", "drainage", lane="drugs")
    api, operator = await connect("intake_api"), await connect("operator")

    before = [await who_is_asking(api, one.token_hash) for one in (token, other)]
    await operator.execute("select identity.revoke_token($1)", token.prefix)
    await operator.execute("select identity.end_role($1, 'drainage', 'clerk', now() - interval '1 s')", an_id("li"))
    after = [await who_is_asking(api, one.token_hash) for one in (token, other)]

    assert [actor and actor.unit for actor in before] == ["drainage", "drainage"]
    assert [sorted(actor.lanes) for actor in before if actor] == [["ordinary"], ["drugs", "ordinary"]]
    assert after == [None, None]


async def test_a_token_counts_for_its_transaction_only(connect: Connect) -> None:
    token = await someone(connect, "wang", "drainage")
    desk = await connect("desk_api")
    seen = "select identity.current_units(), identity.current_lanes(), identity.current_person()"

    async with desk.transaction():
        await ask_as(desk, token.token_hash)
        inside = tuple(await desk.fetchrow(seen))
    outside = tuple(await desk.fetchrow(seen))
    async with desk.transaction():
        await desk.execute("set local whistle.token = 'no hash at all'")
        with_nonsense = tuple(await desk.fetchrow(seen))

    assert inside == (["drainage"], ["ordinary"], an_id("wang"))
    assert outside == with_nonsense == ([], [], None)


async def test_loading_persons_again_changes_nothing(database: Database, connect: Connect) -> None:
    for _ in range(2):
        await someone(connect, "wang", "drainage")

    assert database.run_sql("select count(*) from identity.persons") == "1"
    assert database.run_sql("select count(*) from identity.roles") == "1"
