"""S1-11: monthly bulletin is reproducible byte for byte from the event log; each number drills down to case ids."""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import openpyxl
import pytest
from prometheus_client import CollectorRegistry

from services.appraisal.domain.bulletin import Bulletin, RateShown, Shown, canonical, read_bulletin
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.periods import period_of
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.store.drafts import Standing, standing_of
from services.appraisal.store.months import read_month
from services.appraisal.store.publishing import NotPublishedError, publish_bulletin
from services.appraisal.store.workbook import workbook_of
from services.appraisal.timers import BUSY_FACTS
from services.chassis.metrics import counted
from services.contracts.events.progress import ReportedIn, StepTaken, WhistleBlown
from services.contracts.events.whistles import Called, DepartmentEvaluated, ProposalDecided, Whistle
from tests.builders import an_id
from tests.environment.database import Database
from tests.requirements.test_x_12_three_rates import march, ten_cases
from tests.unit.appraisal.stories import Story, row_from
from tests.waiting import eventually
from tests.wire.appraisal.room import ZONE, Room, a_room
from tests.wire.desk.office import token_of

pytestmark = pytest.mark.postgres

MARCH = period_of("2026-03", ZONE)


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        room.at(MARCH.ends + timedelta(hours=1))
        yield room


def a_month() -> list[Story]:
    """The ten cases of X-12, a whistle with its judgements, an interview that was proposed, a sensitive matter."""
    called = (Called("drainage", march(9)), Called("sanitation", march(9), branch="san-02"))
    whistled = Story("11", march(6), march(10), subdistrict="sub-02")
    whistled.then(WhistleBlown(Whistle(1, "public_demand", "sub-02", called)), march(8))
    whistled.then(ReportedIn(1, "drainage"), march(9)).then(ReportedIn(1, "sanitation", late=True), march(9, 11))
    whistled.then(DepartmentEvaluated(1, "drainage", 4, 4, 4, 4), march(10))
    whistled.then(DepartmentEvaluated(1, "sanitation", 2, 2, 3, 3), march(10))
    step = StepTaken("promise", "", 1, "interview_proposal", march(20), "red", proposal="interview", proposal_number=1)
    whistled.then(step, march(20)).then(ProposalDecided(1, "interview", confirmed=True, reason="属实"), march(21))
    sensitive = Story("secret", march(6), march(10), changes={"lane": "petition", "item": None})
    return [*ten_cases(), whistled, sensitive]


async def compiled(room: Room) -> Bulletin:
    async with room.pool.acquire() as connection, connection.transaction():
        return compile_bulletin(await read_month(connection, MARCH, ZONE))


def cells_of(workbook: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


async def test_the_same_facts_in_any_order_and_after_a_rebuild_give_the_same_bytes(room: Room) -> None:
    rows = [row_from(event) for story in a_month() for event in story.events]
    await room.keep_rows(rows)
    first = await compiled(room)

    room.database.run_sql("delete from appraisal.facts")
    shuffled = [*rows, *rows[::3]]
    random.Random(7).shuffle(shuffled)  # noqa: S311 -- an order, not a secret
    for begin in range(0, len(shuffled), 4):
        await room.keep_rows(shuffled[begin : begin + 4])
    again = await compiled(room)

    assert canonical(again) == canonical(first)
    assert cells_of(workbook_of(again)) == cells_of(workbook_of(first))
    assert canonical(read_bulletin(canonical(first))) == canonical(first)


async def test_every_number_opens_the_list_of_its_cases(room: Room) -> None:
    await room.keep(a_month())
    bulletin = await compiled(room)

    for shown in numbers_in(bulletin):
        if isinstance(shown, RateShown):
            assert len(bulletin.cases_of(shown.list)) == shown.of
            assert bool(bulletin.cases_of(shown.counted_list)) == (shown.counted != "0")
        elif "/judged/" not in shown.list:
            assert len(bulletin.cases_of(shown.list)) == int(shown.value)
        else:
            assert bulletin.cases_of(shown.list)
    satisfaction = bulletin.rates["satisfaction"]
    assert (satisfaction.counted, len(bulletin.cases_of(satisfaction.counted_list))) == ("2.6", 3)
    assert bulletin.cases_of("district/left_overdue") == (("20260302-1-11", an_id("11")), ("20260302-1-5", an_id("5")))


async def test_the_figures_are_those_a_hand_counts(room: Room) -> None:
    await room.keep(a_month())
    bulletin = await compiled(room)
    drainage = next(row for row in bulletin.units if row.unit == "drainage")

    # X-12's ten cases and the whistled one, which is due, open, and whose reporter nobody talked to.
    assert (bulletin.rates["closure"].percent, bulletin.rates["on_time"].percent) == ("66.7", "62.5")  # 6/9, 5/8
    assert bulletin.rates["response"] == RateShown(
        "4", 7, "57.1", "district/due_for_response", "district/contacted_in_time"
    )
    # 0.30 × 4/7 + 0.35 × 2/4 + 0.35 × 2.6/4 = 0.17143 + 0.175 + 0.2275 = 0.57393
    assert (bulletin.composite, drainage.composite) == ("57.4", "57.4")
    # 16/20 = 80 from subdistrict 2: 0.30 × 80 + 0.70 × 57.393 = 64.175
    assert (drainage.upward, drainage.score, drainage.rank) == ("80.0", "64.2", 1)
    office = next(row for row in bulletin.units if row.unit == "san-02")
    assert (office.upward, office.score, office.whistles["late"].value) == ("50.0", None, "1")
    streets = {row.unit: (row.blown.value, row.accuracy, row.whistle_rate) for row in bulletin.subdistricts}
    assert streets == {"sub-01": ("0", None, "0.0"), "sub-02": ("1", "100.0", "100.0")}
    assert [(row.unit, row.proposed.value, row.confirmed.value) for row in bulletin.interviews] == [
        ("drainage", "1", "1")
    ]
    assert [row.number for row in bulletin.overdue] == ["20260302-1-11", "20260302-1-3", "20260302-1-5"]


async def test_sensitive_matters_are_counted_and_nothing_else(room: Room) -> None:
    await room.keep(a_month())
    body = canonical(await compiled(room))

    assert read_bulletin(body).sensitive == {"petition": 1}
    assert str(an_id("secret")).encode() not in body
    assert b"20260302-1-secret" not in body


async def test_a_case_a_unit_is_barred_from_is_counted_and_named_nowhere(room: Room) -> None:
    overdue = next(story for story in a_month() if story.name == "3")
    accused = Story("3", overdue.opened_at, overdue.due_at, changes={"barred_units": ("sanitation",)})
    for event in overdue.events[1:]:
        accused.then(event.what, event.at)
    others = [story for story in a_month() if story.name != "3"]
    await room.keep([*others, accused])
    barred = await compiled(room)
    room.database.run_sql("delete from appraisal.facts")
    await room.keep([*others, overdue])
    listed = await compiled(room)

    assert (barred.measures["due"].value, barred.unlisted) == (listed.measures["due"].value, 1)
    assert {name: rate.percent for name, rate in barred.rates.items()} == {
        name: rate.percent for name, rate in listed.rates.items()
    }
    assert [row.score for row in barred.units] == [row.score for row in listed.units]
    written = canonical(barred).decode() + str(cells_of(workbook_of(barred)))
    assert "20260302-1-3" in canonical(listed).decode()
    assert "20260302-1-3" not in written
    assert str(an_id("3")) not in written
    assert all(barred.cases_of(shown.list) for shown in numbers_in(barred) if shown.list)


async def test_what_was_published_stays_when_facts_come_later_and_every_unit_is_told_once(room: Room) -> None:
    await room.keep(a_month())
    await room.compiler.tick()
    seen = draft_of(room)
    await room.keep([Story("12", march(6), march(10)).closed(march(7))])
    await room.another_process().tick()

    assert draft_of(room) != seen
    with pytest.raises(NotPublishedError, match="changed"):
        await publish(room, seen)
    await publish(room, draft_of(room))
    published = draft_of(room)
    await room.keep([Story("13", march(6), march(10)).closed(march(7))])
    for _ in range(2):
        await room.another_process().tick()

    assert draft_of(room) == published
    (notice,) = room.notices("bulletin")
    assert {"drainage", "sanitation", "san-02", "sub-01", "sub-02"} <= set(notice.units)
    assert notice.facts["period"] == "2026-03"


async def test_a_draft_waits_until_some_time_after_a_rush_of_facts(room: Room) -> None:
    await room.keep(a_month())
    hurried = replace(room.another_process(), quiet_seconds=0.0)

    for compiler, drafts in ((room.compiler, 0), (hurried, 1)):
        compiler.metrics.facts.inc(BUSY_FACTS + 1)
        await compiler.tick()  # the rush comes
        await compiler.tick()  # and is over
        assert int(room.database.run_sql("select count(*) from appraisal.drafts where period = '2026-03'")) == drafts


async def test_a_process_that_has_just_started_waits_as_after_a_rush(room: Room) -> None:
    await room.keep(a_month())
    careful = replace(room.another_process(), metrics=AppraisalMetrics.create(CollectorRegistry()))
    hurried = replace(room.another_process(), quiet_seconds=0.0)
    running = [asyncio.create_task(compiler.run()) for compiler in (careful, hurried)]

    await eventually(lambda: counted(hurried.metrics.drafts) >= 1, within_seconds=60)

    assert counted(careful.metrics.drafts) == 0
    await asyncio.gather(careful.stop(), hurried.stop(), *running)


async def test_a_month_that_is_not_over_is_not_published(room: Room) -> None:
    room.at(march(31))
    await room.keep(a_month())
    await room.compiler.tick()

    with pytest.raises(NotPublishedError, match="no complete draft"):
        await publish(room, draft_of(room))


async def test_a_month_of_which_the_ledger_stated_more_is_not_published(room: Room) -> None:
    stories = a_month()
    room.state(*stories)
    await room.keep(stories[1:])
    await room.compiler.tick()

    with pytest.raises(NotPublishedError, match="facts of the ledger are still to come"):
        await publish(room, draft_of(room))
    assert room.database.run_sql("select missing > 0 from appraisal.bulletins_shown").strip() == "t"
    await room.keep(stories[:1])
    with pytest.raises(NotPublishedError, match="not complete"):
        await publish(room, draft_of(room))

    await room.another_process().tick()
    await publish(room, draft_of(room))


async def test_while_the_figures_are_rebuilt_and_when_facts_come_late_nothing_is_published(room: Room) -> None:
    stories = a_month()
    room.state(*stories)
    await room.keep(stories)
    await room.compiler.tick()
    late = Story("late", march(6), march(10))

    room.state(late)
    with pytest.raises(NotPublishedError, match="still to come"):
        await publish(room, draft_of(room))
    await room.keep([late])
    room.database.run_sql("delete from appraisal.facts where case_id in (select case_id from appraisal.facts limit 3)")
    with pytest.raises(NotPublishedError, match="changed since"):
        await publish(room, draft_of(room))
    await room.another_process().tick()
    with pytest.raises(NotPublishedError, match="still to come"):
        await publish(room, draft_of(room))


async def test_a_fact_of_an_earlier_month_that_comes_late_changes_the_draft(room: Room) -> None:
    february = MARCH.starts - timedelta(days=5)
    old = Story("old", february, march(10))
    await room.keep(a_month())
    before = await standing(room)

    await room.keep([old])

    assert await standing(room) != before


async def publish(room: Room, seen: bytes) -> datetime:
    connection = await asyncpg.connect(room.database.dsn("operator"))
    try:
        return await publish_bulletin(connection, "2026-03", seen, token_of("a leader").token_hash)
    finally:
        await connection.close()


async def standing(room: Room) -> Standing | None:
    """Return by what the process sees that the draft has to be compiled again."""
    async with room.pool.acquire() as connection:
        return await standing_of(connection, MARCH, MARCH.ends + timedelta(hours=1))


def draft_of(room: Room) -> bytes:
    """Return the SHA-256 of what the desk shows."""
    told = room.database.run_sql("select encode(sha256, 'hex') from appraisal.bulletins_shown where period = '2026-03'")
    return bytes.fromhex(told.strip())


def numbers_in(value: object) -> Iterator[Shown | RateShown]:
    """Yield every figure of a bulletin that names a list, or should."""
    if isinstance(value, Shown | RateShown):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from numbers_in(getattr(value, name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from numbers_in(each)
    elif isinstance(value, tuple):
        for each in value:
            yield from numbers_in(each)
