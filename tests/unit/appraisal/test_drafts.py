"""A draft is written beside the event loop: whoever watches it must not take a large month for a hang."""

import asyncio
import io
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from openpyxl import load_workbook

from services.appraisal.domain.bulletin import Bulletin
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of
from services.appraisal.store import drafts
from services.appraisal.store.completeness import Taken
from services.appraisal.store.drafts import DraftTooLargeError, save_draft
from services.appraisal.store.workbook import workbook_of
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


def bytes_for(cases: int) -> int:
    """Return how much memory the workbook of so many listed cases takes at its highest."""
    bulletin = a_month_of(cases)
    listed = msgspec.structs.replace(bulletin, lists={"district/reported": tuple(range(cases))})
    tracemalloc.start()
    try:
        workbook_of(listed)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_workbook_is_not_held_in_memory_however_many_cases_it_lists() -> None:
    bytes_for(1)  # what is loaded once

    # Two cells of 400 bytes each a row, were they kept.
    assert bytes_for(2_000) - bytes_for(10) < 2_000 * 200


def test_lists_longer_than_a_sheet_go_on_upon_the_next() -> None:
    bulletin = a_month_of(7)
    listed = msgspec.structs.replace(bulletin, lists={"district/reported": tuple(range(7))})

    book = load_workbook(io.BytesIO(workbook_of(listed, rows_max=3)))

    sheets = [book[name] for name in ("案件", "案件 2", "案件 3")]
    assert [[row[1].value for row in sheet.iter_rows()] for sheet in sheets] == [
        ["编号", *(number for number, _ in bulletin.cases[first : first + 3])] for first in (0, 3, 6)
    ]
    assert "案件 4" not in book


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


@pytest.mark.parametrize("bytes_max", [1_000, 2_000])
async def test_a_month_too_large_for_one_file_is_refused_with_its_size(
    bytes_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "BYTES_MAX", bytes_max)
    connection = Draftsman()
    anybody: Any = connection

    with pytest.raises(DraftTooLargeError, match=rf"2026-03: 30 cases .* less than {bytes_max:,}"):
        await save_draft(anybody, a_month_of(30), (), Taken(0, 0, 0), NOW)

    assert connection.written == []
