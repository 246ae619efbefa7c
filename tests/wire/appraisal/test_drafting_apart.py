"""Drafts are made in a process of their own, and are the same as any other would make."""

import math
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.appraisal.__main__ import draft_apart
from services.appraisal.domain.periods import Period
from services.appraisal.store.drafts import BYTES_MAX, DraftTooLargeError
from services.chassis.metrics import counted
from tests.environment.database import Database
from tests.requirements.test_s1_11_bulletin import MARCH, a_month, draft_of
from tests.unit.appraisal.stories import Story
from tests.waiting import eventually
from tests.wire.appraisal.room import Room, a_room

pytestmark = pytest.mark.postgres

ALL_ELSE = "select string_agg(concat(period, graded, behind), ';' order by period) from appraisal.drafts"


@pytest.fixture
async def room(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    settings = {"HOST": "127.0.0.1", "PORT": "0", "KAFKA_BROKERS": "127.0.0.1:9"}
    for name, value in (settings | {"POSTGRES_DSN": database.dsn("appraisal")}).items():
        monkeypatch.setenv(f"WHISTLE_APPRAISAL_{name}", value)
    async with a_room(database) as room:
        room.at(MARCH.ends + timedelta(hours=1))
        yield room


async def test_a_draft_made_apart_is_the_draft_made_here(room: Room) -> None:
    await room.keep(a_month())
    await room.compiler.tick()
    bulletin, all_else = draft_of(room), room.database.run_sql(ALL_ELSE)
    room.database.run_sql("delete from appraisal.drafts")

    await replace(room.another_process(), drafting=draft_apart).tick()

    assert draft_of(room) == bulletin
    assert room.database.run_sql(ALL_ELSE) == all_else


async def test_what_could_not_be_drafted_is_drafted_later(room: Room) -> None:
    asked: list[str] = []

    async def drafting(period: Period, _: datetime) -> bool:
        asked.append(period.name)
        return len(asked) != 1

    await room.keep(a_month())
    trying = replace(room.another_process(), drafting=drafting, draft_seconds_min=0.0)

    async def tried_again() -> bool:
        await trying.tick()
        return asked.count(asked[0]) > 1

    done: bool = await eventually(tried_again, within_seconds=30)

    assert done
    assert len(set(asked)) == len(asked) - 1


async def test_a_month_that_is_too_large_is_refused_once_and_other_periods_are_drafted(room: Room) -> None:
    asked: list[str] = []

    async def drafting(period: Period, at: datetime) -> bool:
        asked.append(period.name)
        if period == MARCH:
            raise DraftTooLargeError(period.name)
        return await room.compiler.drafting(period, at)

    async def april_is_drafted_again() -> bool:
        await trying.tick()
        return asked.count("2026-04") > 1

    await room.keep(a_month())
    trying = replace(room.another_process(), drafting=drafting, draft_seconds_min=0.0)
    await trying.tick()
    await room.keep([Story("of April", MARCH.ends + timedelta(minutes=30), MARCH.ends + timedelta(days=7))])
    again: bool = await eventually(april_is_drafted_again, within_seconds=30)

    assert again
    assert asked.count(MARCH.name) == 1
    assert counted(trying.metrics.drafts_refused) == 1
    assert counted(trying.metrics.drafts) == len(asked) - 1


def test_the_table_takes_what_is_not_too_large(room: Room) -> None:
    checks = room.database.run_sql(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'appraisal.drafts'::regclass"
        " and conname ~ '_(body|workbook)_check$'"
    ).splitlines()

    assert len(checks) == 2
    for check in checks:
        factors = check.partition("<")[2].strip(" )").replace("(", "").replace(")", "").split("*")
        assert math.prod(int(factor) for factor in factors) == BYTES_MAX
