"""A draft is written beside the event loop: whoever watches it must not take a large month for a hang."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from services.appraisal.domain.bulletin import Bulletin
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of
from services.appraisal.store.completeness import Taken
from services.appraisal.store.drafts import save_draft
from services.reference.model.appraising import AppraisalPolicy
from tests.builders import an_id

MARCH = period_of("2026-03", ZoneInfo("Asia/Shanghai"))
NOW = datetime(2026, 4, 1, tzinfo=UTC)


class Draftsman:
    """Takes the place of a connection: keeps what is written."""

    def __init__(self) -> None:
        self.written: list[Any] = []

    async def execute(self, _: str, *values: Any) -> None:
        self.written.append(values)


def a_month_of(cases: int) -> Bulletin:
    town = Town(version=1, policy=AppraisalPolicy(), names={}, kinds={})
    empty = compile_bulletin(Month(period=MARCH, weeks=(), records=[], refusals=(), town=town))
    listed = tuple((f"20260302-1-{number:06d}-1", an_id("one")) for number in range(cases))
    return msgspec.structs.replace(empty, cases=listed)


async def test_the_loop_goes_round_while_the_workbook_of_a_month_is_made() -> None:
    rounds, connection = 0, Draftsman()
    anybody: Any = connection

    async def go_round() -> None:
        nonlocal rounds
        while True:
            await asyncio.sleep(0)
            rounds += 1

    ticking = asyncio.create_task(go_round())
    await save_draft(anybody, a_month_of(2_000), (), Taken(0, 0, 0), NOW)
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking

    assert rounds > 10
    assert len(connection.written) == 1
