"""The board over HTTP on real PostgreSQL: who may look, what they see, and that it stays cheap."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from services.board.api import BoardParts, board_app
from services.board.domain.viewing import Scope
from services.board.feed import Hub
from services.board.metrics import BoardMetrics
from services.board.queries import snapshot, trend
from services.board.queries.cases import OPEN_CASES, read_cases
from services.board.queries.ended import read_ended
from services.board.queries.snapshot import read_snapshot
from services.board.queries.trend import read_trend
from services.board.snapshot import Snapshots
from services.board.tickets import Tickets
from services.board.viewers import Viewers
from services.chassis.postgres import Pool, postgres_pool
from services.chassis.settings import PostgresSettings
from services.identity.sessions import COOKIE
from services.identity.tokens import issue_token
from services.identity.walls import WALL_COOKIE
from tests.builders import an_id
from tests.environment.database import Database
from tests.waiting import eventually

pytestmark = pytest.mark.postgres

SHANGHAI = ZoneInfo("Asia/Shanghai")
CENTER = "district_command_center"
NOW = "timestamptz '2026-03-02 15:00+08'"


@dataclass
class City:
    """A database with a few cases, at 15:00 on Monday 2026-03-02."""

    database: Database
    pool: Pool
    hub: Hub
    client: httpx2.AsyncClient

    def person(self, name: str, unit: str, role: str) -> dict[str, str]:
        """Add a person with one role; return the header they send."""
        token = issue_token()
        self.database.run_sql(
            f"select identity.add_person('{an_id(name)}', '{name}');"
            f"select identity.give_role('{an_id(name)}', '{unit}', '{role}', 'ordinary', '2026-01-01');"
            f"select identity.issue_token('\\x{token.token_hash.hex()}', '{token.prefix}', '{an_id(name)}', '1 day')"
        )
        return {"authorization": f"Bearer {token.secret}"}

    def case(self, name: str, lead: str = "drainage", subdistrict: str = "sub-03", **columns: str) -> None:
        """Add an open case with its promise clock; `next_step` tells its card."""
        columns = {
            "accepted": "2026-03-02 09:00+08", "due": "2026-03-02 17:00+08", "next_step": "reminder", "closed": "",
            "lane": "ordinary", "barred": "{}", "units": f"{{{lead},{subdistrict},{CENTER}}}",
        } | columns  # fmt: skip
        closed = f"'{columns['closed']}'" if columns["closed"] else "null"
        step = f"'{columns['next_step']}'" if columns["next_step"] and not columns["closed"] else "null"
        self.database.run_sql(
            "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency,"
            " lane, barred_units, units, subdistrict, accepted_at, opened_at, changed_at, closed_at, reference_version,"
            " applied_version, decision, reports) values"
            f" ('{an_id(name)}', '{name}', 3, 'dispatched', 1, '{lead}', '{{}}', 'D', 'normal', '{columns['lane']}',"
            f" '{columns['barred']}', '{columns['units']}', '{subdistrict}', '{columns['accepted']}',"
            f" '{columns['accepted']}', '{columns['accepted']}', {closed}, 1, 1, '{{}}', '[]');"
            "insert into ledger.clocks (case_id, kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar,"
            " ladder, next_step, next_at) values"
            f" ('{an_id(name)}', 'promise', '', 1, '{columns['accepted']}', '1wd', '{columns['due']}', {closed}, 1,"
            f" 'overdue', {step}, case when {step} is null then null else '{columns['due']}'::timestamptz end)"
        )

    def whistle(self, name: str, *called: str) -> None:
        lane = "'ordinary', '{}', '{}'"
        blown = f"'public_demand', 'sub-03', true, '', {NOW}, null"
        self.database.run_sql(
            f"update ledger.cases set whistle_open = 1, whistles = 1 where case_id = '{an_id(name)}';"
            f"insert into ledger.whistles values ('{an_id(name)}', 1, {blown}, {lane})"
        )
        for unit in called:
            self.database.run_sql(
                "insert into ledger.whistle_calls values"
                f" ('{an_id(name)}', 1, '{unit}', 'called', {NOW}, null, null, '', {lane})"
            )

    async def snapshot(self, headers: dict[str, str]) -> dict[str, Any]:
        answer = await self.client.get("/api/v1/board/snapshot", headers=headers)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
async def city(database: Database) -> AsyncIterator[City]:
    database.run_sql(f"create or replace function clock.now() returns timestamptz language sql as $$ select {NOW} $$")
    async with postgres_pool(PostgresSettings(dsn=database.dsn("board_reader"), password=None)) as pool:
        metrics = BoardMetrics.create(CollectorRegistry())
        hub = Hub(metrics)
        parts = BoardParts(
            viewers=Viewers(pool),
            snapshots=Snapshots(lambda scope: read_snapshot(pool, scope, SHANGHAI), metrics),
            cases=Snapshots(partial(read_cases, pool), metrics),
            trends=Snapshots(lambda scope: read_trend(pool, scope, SHANGHAI), metrics),
            ended=Snapshots(lambda scope: read_ended(pool, scope, SHANGHAI), metrics),
            hub=hub,
            tickets=Tickets(),
        )
        app = board_app(parts, "https://desk.example")
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://board") as client:
            yield City(database, pool, hub, client)


def a_busy_city(city: City) -> None:
    city.case("late", due="2026-03-02 14:00+08", next_step="letter")
    city.case("soon", due="2026-03-02 16:00+08", next_step="limit")
    city.case("calm", lead="water_company", subdistrict="sub-04", accepted="2026-03-01 09:00+08")
    city.case("done in time", closed="2026-03-02 12:00+08")
    city.case("done late", due="2026-03-02 11:00+08", closed="2026-03-02 12:00+08", accepted="2026-02-27 09:00+08")
    city.case("done before", closed="2026-03-01 12:00+08", accepted="2026-02-27 09:00+08")
    city.case("secret", lead="petition_office", lane="petition", units="{petition_office}")
    city.whistle("late", "drainage", "sanitation")


async def test_the_center_sees_the_whole_district(city: City) -> None:
    a_busy_city(city)

    told = await city.snapshot(city.person("值班长", CENTER, "center_operator"))

    assert told["counts"] == {
        "reported_today": 3, "open": 3, "overdue": 1, "whistles_open": 1, "closed_today": 2, "on_time_today": 1,
        "on_time_rate_today": 0.5,
    }  # fmt: skip
    assert {row["unit"]: row["open"] for row in told["subdistricts"]} == {"sub-03": 2, "sub-04": 1}
    assert {row["unit"]: row["overdue"] for row in told["departments"]} == {"drainage": 1, "water_company": 0}
    assert {column["card"]: column["count"] for column in told["ladder"]} == {
        "none": 1,
        "blue": 1,
        "yellow": 1,
        "red": 0,
    }
    assert {column["card"]: [case["number"] for case in column["cases"]] for column in told["ladder"]} == {
        "none": ["calm"], "blue": ["soon"], "yellow": ["late"], "red": [],
    }  # fmt: skip
    (whistle,) = told["whistles"]
    assert (whistle["number"], [call["unit"] for call in whistle["calls"]]) == ("late", ["drainage", "sanitation"])
    assert told["sensitive"] == {"petition": 1}
    assert told["as_of"] == "2026-03-02T07:00:00Z"


async def test_a_clerk_sees_their_departments_cases_only(city: City) -> None:
    a_busy_city(city)
    city.case("against us", units=f"{{sub-03,{CENTER},drainage}}", lead="sanitation", barred="{drainage}")

    told = await city.snapshot(city.person("李强", "drainage", "clerk"))

    assert (told["scope"], told["counts"]["open"], told["sensitive"]) == ("units", 2, {})
    assert [row["unit"] for row in told["departments"]] == ["drainage"]
    text = json.dumps(told)
    assert "calm" not in text
    assert "against us" not in text


async def test_nobody_looks_without_a_token(city: City) -> None:
    header = city.person("李强", "drainage", "clerk")
    city.database.run_sql("update identity.tokens set revoked_at = clock_timestamp()")

    for headers in ({}, header, {"authorization": "Bearer wst_nonsense"}, {"authorization": "Basic eDp5"}):
        for path in ("snapshot", "feed"):
            answer = await city.client.get(f"/api/v1/board/{path}", headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthorized")
    assert (await city.client.post("/api/v1/board/tickets")).status_code == 401
    assert (await city.client.get("/api/v1/board/feed?ticket=made-up")).status_code == 401


async def test_a_ticket_opens_the_feed_once(city: City) -> None:
    header = city.person("李强", "drainage", "clerk")
    answer = await city.client.post("/api/v1/board/tickets", headers=header)
    assert answer.status_code == 201
    path = f"/api/v1/board/feed?ticket={answer.json()['ticket']}"

    opened = asyncio.create_task(city.client.get(path))
    await eventually(lambda: city.hub.viewers, within_seconds=20)
    await city.hub.close()

    assert (await opened).text.endswith("event: bye\ndata: {}\n\n")
    assert (await city.client.get(path)).status_code == 401


async def test_only_the_allowed_origin_may_read_with_credentials(city: City) -> None:
    header = city.person("李强", "drainage", "clerk")

    for origin, allowed in (
        ("https://desk.example", "https://desk.example"),
        ("https://desk.example.evil", None),
        ("null", None),
    ):
        answer = await city.client.get("/api/v1/board/snapshot", headers=header | {"origin": origin})
        assert answer.headers.get("access-control-allow-origin") == allowed


async def test_many_viewers_read_one_snapshot(city: City) -> None:
    header = city.person("值班长", CENTER, "center_operator")

    told = await asyncio.gather(*(city.snapshot(header) for _ in range(20)))

    assert len({json.dumps(one) for one in told}) == 1


async def test_the_board_reads_its_views_and_nothing_behind_them(city: City) -> None:
    for table in ("cases", "clocks", "facts", "assignments", "whistles"):
        with pytest.raises(Exception, match="permission denied"):
            await city.pool.fetch(f"select * from ledger.{table}")


async def test_open_cases_and_cards_are_found_by_their_indexes(city: City) -> None:
    """With one open case in twenty thousand, nothing reads the whole table."""
    city.database.run_sql(
        "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,"
        " barred_units, units, subdistrict, accepted_at, opened_at, changed_at, closed_at, reference_version,"
        " applied_version, decision, reports)"
        " select gen_random_uuid(), n::text, 9, 'closed', 1, 'drainage', '{}', 'D', 'normal', 'ordinary', '{}', '{}',"
        " 'sub-03', '2026-01-05', '2026-01-05', '2026-01-05', '2026-01-06', 1, 1, '{}', '[]'"
        " from generate_series(1, 20000) n;"
        "insert into ledger.clocks (case_id, kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar,"
        " ladder) select case_id, 'promise', '', 1, accepted_at, '1wd', accepted_at, closed_at, 1, 'overdue'"
        " from ledger.cases;"
    )
    city.case("late", due="2026-03-02 14:00+08", next_step="letter")
    city.database.run_sql("analyze ledger.cases; analyze ledger.clocks")

    plans = city.database.run_sql(
        "explain select count(*) from ledger.board_cases where closed_at is null;"
        "explain select case_id, max(rank) from ledger.board_cards group by 1;"
        "explain select count(*) from ledger.board_closed where closed_at >= '2026-03-02'"
    )

    assert "Seq Scan" not in plans
    assert (await read_snapshot(city.pool, Scope(frozenset({CENTER})), SHANGHAI))["counts"]["overdue"] == 1


async def rows_of(city: City, headers: dict[str, str]) -> dict[str, dict[str, Any]]:
    told = (await city.client.get("/api/v1/board/cases", headers=headers)).json()
    assert told["complete"]
    return {row["number"]: row for row in (dict(zip(told["columns"], one, strict=True)) for one in told["rows"])}


async def test_every_open_case_is_one_row_with_its_grid_and_its_worst_clock(city: City) -> None:
    a_busy_city(city)
    place = '{"report": {"place": {"grid": "grid-0301-01", "address": "建设路"}}}'
    city.database.run_sql(f"update ledger.cases set decision = '{place}' where number = 'late'")

    rows = await rows_of(city, city.person("值班长", CENTER, "center_operator"))

    assert {number: row["card"] for number, row in rows.items()} == {"late": 2, "soon": 1, "calm": 0}
    assert (rows["late"]["grid"], rows["late"]["due_at"]) == ("grid-0301-01", "2026-03-02T06:00:00Z")
    assert "建设路" not in json.dumps(rows, ensure_ascii=False)


async def test_rows_and_calls_say_by_whose_working_days_they_count(city: City) -> None:
    a_busy_city(city)
    city.database.run_sql(
        "update ledger.clocks set allowed = '4uh' where case_id in"
        " (select case_id from ledger.cases where number = 'soon');"
        "insert into ledger.clocks (case_id, kind, unit, cycle, started_at, allowed, due_at, calendar, ladder)"
        f" values ('{an_id('late')}', 'report_in', 'drainage', 1, {NOW}, '1wd', {NOW}, 7, 'report_in')"
    )
    center = city.person("值班长", CENTER, "center_operator")

    rows = await rows_of(city, center)
    calls = (await city.snapshot(center))["whistles"][0]["calls"]

    assert {number: row["calendar"] for number, row in rows.items()} == {"late": 1, "soon": None, "calm": 1}
    assert {call["unit"]: call["calendar"] for call in calls} == {"drainage": 7, "sanitation": None}


async def test_a_clerk_gets_rows_of_their_department_only(city: City) -> None:
    a_busy_city(city)

    assert set(await rows_of(city, city.person("李强", "drainage", "clerk"))) == {"late", "soon"}


async def test_the_same_hour_a_week_ago_is_told(city: City) -> None:
    """Monday 2026-02-23, 15:00: two open, one of them late; one closed in time before, one after that hour."""
    opened = "2026-02-23 09:00+08"
    city.case("still open", accepted=opened, due="2026-02-23 12:00+08", next_step="supervision")
    city.case("closed later", accepted=opened, due="2026-02-24 12:00+08", closed="2026-02-23 16:00+08")
    city.case("closed then", accepted="2026-02-20 09:00+08", due="2026-02-24 12:00+08", closed="2026-02-23 10:00+08")
    city.case("of today")

    told = (await city.client.get("/api/v1/board/trend", headers=city.person("长", CENTER, "center_operator"))).json()

    assert told["week_ago"] == {
        "reported_today": 2, "open": 2, "overdue": 1, "whistles_open": 0, "on_time_rate_today": 1.0,
    }  # fmt: skip
    assert told["week"] == {"reported": 1, "closed": 0, "on_time_rate": None}


async def test_a_pages_session_opens_the_board_and_a_header_wins_over_it(city: City) -> None:
    secret = city.person("值班长", CENTER, "center_operator")["authorization"].removeprefix("Bearer ")
    cookie = {"cookie": f"{COOKIE}={secret}"}

    with_cookie = await city.client.get("/api/v1/board/snapshot", headers=cookie)
    with_both = await city.client.get(
        "/api/v1/board/snapshot", headers={**cookie, "authorization": "Bearer wst_nonsense"}
    )

    assert (with_cookie.status_code, with_both.status_code) == (200, 401)


async def test_a_wall_reads_the_board_until_it_is_ended(city: City) -> None:
    a_busy_city(city)
    city.person("主任", CENTER, "center_leader")
    wall = issue_token()
    city.database.run_sql(
        "insert into identity.walls (token_hash, prefix, person_id, place, begun_at, ends_at) values"
        f" ('\\x{wall.token_hash.hex()}', '{wall.prefix}', '{an_id('主任')}', '大厅', now(), now() + interval '1 year')"
    )
    cookie = {"cookie": f"{COOKIE}=wst_of-a-session-that-ended; {WALL_COOKIE}={wall.secret}"}

    told = await city.snapshot(cookie)
    opened = asyncio.create_task(city.client.get("/api/v1/board/feed", headers=cookie))
    await eventually(lambda: city.hub.viewers, within_seconds=20)
    await city.hub.close()
    city.database.run_sql("update identity.walls set ended_at = clock_timestamp()")

    assert (told["scope"], told["counts"]["open"]) == ("district", 3)
    assert (await opened).status_code == 200
    assert (await city.client.get("/api/v1/board/snapshot", headers=cookie)).status_code == 401


async def test_the_cases_behind_todays_rate_are_told_the_late_ones_first(city: City) -> None:
    a_busy_city(city)
    city.case("done secretly", closed="2026-03-02 12:00+08", lane="petition")
    city.case("done by others", lead="sanitation", subdistrict="sub-05", closed="2026-03-02 12:00+08")

    async def ended(headers: dict[str, str]) -> list[tuple[str, bool]]:
        told = (await city.client.get("/api/v1/board/ended", headers=headers)).json()
        rows = [dict(zip(told["columns"], one, strict=True)) for one in told["rows"]]
        return [(row["number"], row["on_time"]) for row in rows]

    of_all = await ended(city.person("值班长", CENTER, "center_operator"))
    of_one = await ended(city.person("李强", "drainage", "clerk"))

    assert of_all[0] == ("done late", False)
    assert set(of_all[1:]) == {("done in time", True), ("done by others", True)}
    assert of_one == [("done late", False), ("done in time", True)]


A_BULK_LOAD = """
    alter table ledger.cases set (autovacuum_enabled = false);
    alter table ledger.clocks set (autovacuum_enabled = false);
    insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,
        barred_units, units, subdistrict, accepted_at, opened_at, changed_at, reference_version, applied_version,
        decision, reports)
    select md5(n::text)::uuid, n::text, 1, 'dispatched', 1, 'drainage', '{}', 'D', 'normal', 'ordinary', '{}',
        '{drainage}', 'sub-03', at, at, at, 1, 1, '{}', '[]'
    from generate_series(1, 10000) n, lateral (select timestamptz '2026-03-02 12:00+08' - n * interval '3 min') x (at);
    insert into ledger.clocks (case_id, kind, unit, cycle, started_at, allowed, due_at, calendar, ladder, next_step,
        next_at)
    select case_id, kind, unit, 1, accepted_at, '5d', accepted_at + interval '5 days', 1, 'overdue',
        (array['reminder', 'limit', 'letter', 'supervision', 'bulletin_proposal'])[number::int % 5 + 1], '2100-01-01'
    from ledger.cases, (values ('promise', ''), ('handling', 'drainage')) k (kind, unit)
"""
BLOCKS_MAX = 150_000
"""Of 8 KiB, all in memory: below half a second. Joined freely, the cases ahead alone took more than 15 s."""


async def test_right_after_a_bulk_load_nothing_is_read_for_every_case_again(city: City) -> None:
    """10,000 open cases, and no statistics about them yet."""
    city.database.run_sql(A_BULK_LOAD)
    at = datetime.fromisoformat("2026-03-02T15:00+08:00")
    ago = at - timedelta(days=7)
    reads = {
        snapshot.OPEN: (at,), snapshot.CLOSED: (at,), snapshot.CARDS_COUNTED: (at,), snapshot.CARDS_SHOWN: (),
        snapshot.AHEAD: (), snapshot.WHISTLES: (), OPEN_CASES: (), trend.STOOD: (ago, ago, at),
    }  # fmt: skip

    blocks = {}
    for sql, more in reads.items():
        plan = await city.pool.fetchval(f"explain (analyze, buffers, format json) {sql}", True, [CENTER], *more)
        top = json.loads(plan)[0]["Plan"]
        blocks[sql.strip()[:40]] = top["Shared Hit Blocks"] + top["Shared Read Blocks"]

    assert {name: many for name, many in blocks.items() if many > BLOCKS_MAX} == {}
    assert len((await read_cases(city.pool, Scope(frozenset({CENTER}))))["rows"]) == 10_000
