"""Cases about one thing on real PostgreSQL: compared behind the route, merged once, proposed to people, taken apart."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.contracts.events import Place, ReportFollowedUp
from services.ledger.store.comparing import COMPARE, Comparing
from tests.builders import MONDAY_NOON, a_city, an_id
from tests.environment.database import Database
from tests.wire.desk.office import ANSWER, TheCity, bearer
from tests.wire.ledger.alike import Room, a_room

pytestmark = pytest.mark.postgres

NAMES = ("first", "second", "third", "fourth")


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        yield room


async def test_reports_of_one_burst_pipe_become_one_case_once(room: Room) -> None:
    await room.open("first")
    await room.open("second", channel="hotline")
    await room.open("third", "fourth")

    merged = await room.look()
    again = await room.look()

    assert (merged, again) == (3, 0)
    states = {name: room.state(name) for name in NAMES}
    (survivor,) = [name for name, state in states.items() if state == "dispatched"]
    assert sorted(states.values()) == ["dispatched", "merged", "merged", "merged"]
    shown = (await room.office.get("drainage", f"/api/v1/cases/{an_id(survivor)}")).json()
    assert {report["report_id"] for report in shown["reports"]} == {str(an_id(name)) for name in NAMES}
    assert [row["case_id"] for row in await room.office.queue("drainage")] == [str(an_id(survivor))]


@pytest.mark.parametrize(
    ("up_to", "looked", "found"),
    [
        pytest.param(-1, 60, 1, id="where-it-stopped-in-a-rush-it-goes-on"),
        pytest.param(3, 3, 1, id="what-may-have-been-committed-late-is-looked-at-again"),
        pytest.param(3, 60, 0, id="what-is-long-committed-is-not"),
    ],
)
async def test_the_comparison_looks_again_at_its_last_seconds_only(
    room: Room, up_to: int, looked: int, found: int
) -> None:
    await room.open("first")
    at = f"(select at from ledger.facts where case_id = '{an_id('first')}' and version = 1)"
    room.office.database.run_sql(
        f"update ledger.comparing set up_to = {at} + interval '{up_to} s', looked_at = {at} + interval '{looked} s'"
    )

    assert room.office.count("ledger.uncompared(10)") == found


FILL = """
    insert into ledger.compared (case_id, community, grid, item, accepted_at, look)
    select gen_random_uuid(), 'com-0101', grid, '0203', timestamptz '{at}' - number * interval '1 second', '{{}}'
    from unnest('{{"", "grid-1"}}'::text[] || array(select 'grid-' || n from generate_series(2, 99) n)) as grid,
        generate_series(1, 50) as number;
    analyze ledger.compared
"""
EXPLAIN = "explain (analyze, buffers, format json)"


@pytest.mark.parametrize(
    ("grid", "seconds"),
    [
        pytest.param("grid-1", [1, 1, 2, 2, 3, 3, 4, 4], id="of-its-grid-and-of-none"),
        pytest.param("", [1] * 8, id="of-its-community-where-it-names-no-grid"),
    ],
)
async def test_a_case_is_compared_with_the_newest_however_many_its_community_has(
    room: Room, grid: str, seconds: list[int]
) -> None:
    database = room.office.database
    database.run_sql(FILL.format(at=MONDAY_NOON.isoformat()))
    new = ([an_id("new")], ["com-0101"], [grid], ["0203"], [MONDAY_NOON], ["{}"])

    async with room.comparing.pool.acquire() as connection, connection.transaction():
        found = await connection.fetch(COMPARE, *new, 8)
        (again,) = msgspec.json.decode(await connection.fetchval(f"{EXPLAIN} {COMPARE}", *new, 8))

    assert [row["accepted_at"] for row in found] == [MONDAY_NOON - timedelta(seconds=each) for each in seconds]
    ids = ",".join(f"'{row['case_id']}'" for row in found)
    others = database.run_sql(
        f"select count(*) from ledger.compared where case_id in ({ids}) and grid not in ('', '{grid}')"
    )
    assert not grid or others == "0"
    assert again["Plan"]["Shared Hit Blocks"] < 100, "its grid's pages, not its community's"


async def test_the_answer_is_everybodys_and_all_promises_stop_together(room: Room) -> None:
    await room.open("first")
    await room.open("second", accepted_at=MONDAY_NOON + timedelta(minutes=1))
    await room.look()

    signed = await room.office.act("drainage", "sign_in", case="first")
    handled = await room.office.act("drainage", ANSWER, signed.json()["revision"], case="first")
    done = {"type": "verify", "done": True}
    await room.office.act("street", done, handled.json()["revision"], case="first")
    await room.look()

    promises = "select count(distinct stopped_at) || '/' || count(stopped_at) from ledger.clocks where kind = 'promise'"
    assert room.office.database.run_sql(promises).strip() == "1/2"
    progress = f"select state || ' ' || done_by from ledger.public_progress('{an_id('second')}')"
    assert room.office.database.run_sql(progress).strip() == f"closed {ANSWER['done_by']}"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"lane": "petition", "text": None}, id="another-lane"),
        pytest.param({"place": Place(grid="grid-9", community="com-0109", subdistrict="sub-01")}, id="far-away"),
        pytest.param({"text": "雨水箅子缺失"}, id="another-matter"),
    ],
)
async def test_what_is_not_one_thing_stays_two_cases(room: Room, changes: dict[str, Any]) -> None:
    await room.open("first")
    await room.open("second", **changes)

    assert await room.look() == 0
    assert room.office.count("ledger.likenesses where verdict = 'merge'") == 0


async def test_what_is_perhaps_one_thing_is_proposed_and_a_person_decides(room: Room) -> None:
    await room.open("first")
    await room.open("second", text="文化街和桥西路口水管爆了，满街都是水")

    assert await room.look() == 0
    path = f"/api/v1/cases/{an_id('second')}/duplicates"
    proposed = (await room.office.get("street", path)).json()["proposed"]
    assert [each["case_id"] for each in proposed] == [str(an_id("first"))]
    assert (await room.office.get("other_street", path)).status_code == 404

    merge = {"type": "merge", "into": str(an_id("first")), "reason": "同一处漏水"}
    answer = await room.office.act("street", merge, case="second", key="once")
    repeated = await room.office.act("street", merge, case="second", key="once")
    not_theirs = await room.office.act("education", merge, case="second")

    assert (answer.status_code, answer.json()["state"], repeated.json()["replayed"]) == (200, "merged", True)
    assert not_theirs.status_code == 404
    apart = {"type": "unmerge", "survivor": str(an_id("first")), "reason": "两处漏水"}
    back = await room.office.act("street", apart, answer.json()["revision"], case="second")
    assert back.json()["state"] == "dispatched"
    assert len(await room.office.queue("drainage")) == 2


async def test_a_person_says_that_it_is_not_the_same(room: Room) -> None:
    await room.open("first")
    await room.open("second", text="文化街和桥西路口水管爆了，满街都是水")
    await room.look()
    path = f"/api/v1/cases/{an_id('second')}/duplicates"

    other = f"{path}/{an_id('first')}"
    said, again = [await room.office.client.delete(other, headers=bearer("street")) for _ in range(2)]

    assert (said.status_code, again.status_code) == (204, 404)
    assert (await room.office.get("street", path)).json()["proposed"] == []


async def test_what_is_added_to_a_merged_report_reaches_the_case_that_goes_on(room: Room) -> None:
    await room.open("first", "second")
    await room.look()
    (merged,) = [name for name in ("first", "second") if room.state(name) == "merged"]
    told = ReportFollowedUp(
        event_id=an_id("told"),
        report_id=an_id(merged),
        case_id=an_id(merged),
        at=MONDAY_NOON,
        kind="facts",
        text="现在淹到台阶了",
    )

    async with room.office.openings.gate() as gate:
        await gate.keep_followups([told])

    (survivor,) = {"first", "second"} - {merged}
    timeline = (await room.office.get("drainage", f"/api/v1/cases/{an_id(survivor)}/timeline")).json()
    assert timeline["entries"][-1]["what"]["type"] == "followed_up"
    assert room.office.count("ledger.followups where applied_version is not null") == 1


async def test_a_look_that_was_killed_halfway_is_taken_up_again(room: Room) -> None:
    await room.open("first", "second")
    await room.comparing.compare_due()

    assert room.office.count("ledger.likenesses where verdict = 'merge' and settled_at is null") == 1
    assert await room.look() == 1


async def test_without_a_policy_nothing_is_compared(room: Room) -> None:
    policies = msgspec.structs.replace(a_city().policies, duplicates=None)
    cities: Any = TheCity(a_city(policies=policies))
    await Comparing(room.comparing.pool, cities).compare_due()
    await room.open("first", "second")

    assert (await Comparing(room.comparing.pool, cities).compare_due()).cases == 0
    assert room.office.count("ledger.compared") == 0


async def test_no_part_of_a_case_is_without_a_due_time(room: Room) -> None:
    await room.open("first")

    for nothing in ("null", "'infinity'"):
        with pytest.raises(Exception, match=r"due_at|every_part_has_a_due_time"):
            room.office.database.run_sql(f"update ledger.assignments set due_at = {nothing}")
