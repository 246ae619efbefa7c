"""S0-04: fake clock: each ladder step fires once, at the exact time, also after a restart in the middle."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from tests.environment.database import Database
from tests.environment.process import Process, known_as
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.unit.worktime.calendars import local
from tests.waiting import eventually
from tests.wire.ledger.moving_town import Town, a_town

pytestmark = pytest.mark.postgres

LADDER = {
    "reminder": "2026-03-03 08:24",
    "limit": "2026-03-03 10:00",
    "letter": "2026-03-04 10:00",
    "supervision": "2026-03-04 10:00",
    "bulletin_proposal": "2026-03-10 10:00",
    "interview_proposal": "2026-03-17 10:00",
    "express": "2026-03-24 10:00",
}
"""One working day from Monday 2026-03-02 at 10:00; 80 % of it is 6.4 open hours; twice the limit is Wednesday."""
EMERGENCY = {
    "reminder": "2026-03-02 11:00",
    "limit": "2026-03-02 12:00",
    "letter": "2026-03-02 13:00",
    "supervision": "2026-03-02 14:00",
    "bulletin_proposal": "2026-03-02 18:00",
    "interview_proposal": "2026-03-03 02:00",
    "express": "2026-03-03 10:00",
}
"""Two hours from Monday at 10:00, day and night: half of them, once, one and a half, two, four, eight, twelve times."""
NEXT = "select min(next_at) from ledger.clocks"
STEPS = """
    select item, kind, s.unit, cycle, step, owed_at, effective_at from ledger.steps s join ledger.cases using (case_id)
"""


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database, a_version(), MORNING) as town:
        yield town


def an_sla(database: Database, instance: str) -> Process:
    return Process("sla", known_as("ledger_writer", database) | {"CLOCK": "stepped", "INSTANCE": instance})


async def settled(town: Town) -> datetime | None:
    """Wait until nothing is owed; return when the next step will be."""

    async def nothing_owed() -> bool | None:
        return not await town.operator.fetchval(f"{NEXT} having min(next_at) <= (select clock.now())")

    _: bool = await eventually(nothing_owed, within_seconds=60)
    at: datetime | None = await town.operator.fetchval(NEXT)
    return at


async def test_each_step_takes_effect_once_and_exactly_then_though_sla_is_killed_twice(
    town: Town, database: Database
) -> None:
    await town.open("case", place=HERE)
    await town.open("emergency", item="0101", place=HERE)
    sla = an_sla(database, "one")
    sla.start()
    try:
        turns = 0
        while (due := await settled(town)) is not None:
            if turns in (1, 4):
                sla.end(signal.SIGKILL)
            town.at(due)
            if turns in (1, 4):
                sla.start()
            turns += 1
    finally:
        sla.end(signal.SIGKILL)

    steps = await town.rows(STEPS)
    assert [step for step in steps if step[-2] != step[-1]] == []
    assert max(Counter(step[:5] for step in steps).values()) == 1
    for item, unit, ladder in (("0203", "drainage", LADDER), ("0101", "municipal_works", EMERGENCY)):
        lead = {step[4]: step[5] for step in steps if step[:3] == (item, "handling", unit)}
        assert lead == {step: local(text) for step, text in ladder.items()}
