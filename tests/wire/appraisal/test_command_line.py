"""`whistle appraisal`: compile, publish, check, grade, correct and draw, as persons do."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.appraisal.domain.periods import period_of
from tests.environment.database import Database
from tests.requirements.test_x_12_three_rates import ten_cases
from tests.unit.appraisal.stories import Story
from tests.wire.appraisal.room import ZONE, Room, a_room
from tests.wire.desk.office import token_of
from tests.wire.whistle.command_line import CommandLine, Ended, environment_for

pytestmark = pytest.mark.postgres

MARCH = period_of("2026-03", ZONE)


@pytest.fixture
async def room(database: Database) -> AsyncIterator[Room]:
    async with a_room(database) as room:
        room.at(MARCH.ends + timedelta(hours=1))
        await room.keep(ten_cases())
        yield room


async def whistle(room: Room, who: str, *words: str) -> Ended:
    """Say `whistle appraisal …` as a person."""
    token = {"WHISTLE_CLI_TOKEN": token_of(who).secret}
    line = CommandLine(environment_for(room.database) | token)
    return await asyncio.to_thread(line.run, "appraisal", *words)


async def test_a_bulletin_is_compiled_published_and_found_to_be_the_same(room: Room, tmp_path: Path) -> None:
    out = tmp_path / "march.json"
    compiled = (await whistle(room, "a leader", "bulletin", "2026-03", "--out", str(out), "--json")).told

    assert next(rate for rate in compiled["rates"] if rate["rate"] == "closure")["percent"] == "75.0"
    assert (tmp_path / "march.xlsx").stat().st_size > 0
    assert (await whistle(room, "an inspector", "publish", "2026-03")).status == 1
    assert (await whistle(room, "a leader", "publish", "2026-03")).status == 0
    assert (await whistle(room, "a leader", "publish", "2026-03")).status == 1
    assert (await whistle(room, "a leader", "bulletin", "2026-03", "--check")).status == 0
    drafted = room.database.run_sql("select graded from appraisal.grades_drafted where over")
    assert '"unit": "drainage", "grade": "advanced"' in drafted, "the month's grades stand beside its draft"
    await room.keep([Story("late", datetime(2026, 3, 6, tzinfo=ZONE), datetime(2026, 3, 10, tzinfo=ZONE))])
    assert (await whistle(room, "a leader", "bulletin", "2026-03", "--check")).status == 1


async def test_grades_are_published_and_corrected(room: Room) -> None:
    assert (await whistle(room, "a leader", "publish", "2026-03", "--what", "grades", "--json")).told["units"] == 1
    assert (
        await whistle(room, "a leader", "correct", "2026-03", "drainage", "ordinary", "--reason", "漏计")
    ).status == 0

    told = (await whistle(room, "a leader", "grades", "2026-03", "--json")).told

    assert [(row["entry"], row["grade"]) for row in told["grades"]] == [(1, "advanced"), (2, "ordinary")]


async def test_a_weeks_points_are_shown_published_and_corrected(room: Room) -> None:
    drafted = (await whistle(room, "a leader", "grades", "2026-W10", "--json")).told
    assert (await whistle(room, "an inspector", "publish", "2026-W10")).status == 1
    assert (await whistle(room, "a leader", "publish", "2026-W10", "--json")).told["units"] == 1
    assert (await whistle(room, "a leader", "publish", "2026-W10")).status == 1
    corrected = await whistle(room, "a leader", "correct", "2026-W10", "drainage", "--reason", "漏计", "--", "-7")
    assert corrected.status == 0, corrected
    assert "lists" in room.database.run_sql("select behind from appraisal.published_lists")
    unfinished = await whistle(room, "a leader", "publish", "2025-H2")

    told = (await whistle(room, "a leader", "grades", "2026-W10", "--json")).told
    assert (drafted["published"], drafted["grades"][0]["unit"]) == (False, "drainage")
    assert [(row["entry"], row["points"]) for row in told["grades"]] == [(1, drafted["grades"][0]["points"]), (2, "-7")]
    assert (unfinished.status, "2025-07" in unfinished.err + unfinished.out) == (1, True)


async def test_the_same_seed_draws_the_same_cases(room: Room) -> None:
    draw = ("sample", "2026-03", "--seed", "7", "--size", "3", "--json")
    first = (await whistle(room, "an inspector", *draw)).told
    again = (await whistle(room, "a leader", *draw)).told

    assert len(first["cases"]) == 3
    assert again == first
    assert (await whistle(room, "a leader", "bulletin", "March")).status == 2
