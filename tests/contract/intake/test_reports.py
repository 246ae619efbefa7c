"""Where reports are kept: the fake and PostgreSQL keep one promise."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from services.contracts.codec import encode
from services.contracts.events import ReportReceived
from services.intake.domain.refusals import CannotStoreError
from services.intake.ports import Claim, NewReport, Reports, Sealed
from services.intake.store.reports import PostgresReports
from tests.builders import a_report, an_id
from tests.fakes.intake import InMemoryReports


@pytest.fixture(params=["fake", pytest.param("postgres", marks=pytest.mark.postgres)])
async def reports(request: pytest.FixtureRequest) -> AsyncIterator[Reports]:
    if request.param == "fake":
        fake = InMemoryReports()
        fake.unstorable = b"\0"
        yield fake
        return
    database = request.getfixturevalue("database")
    async with asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=2) as pool:
        yield PostgresReports(pool, seconds_max=10)


def a_row(serial: int, claim: Claim | None = None, **changes: Any) -> NewReport:
    fields: dict[str, Any] = {
        "report_id": uuid7(),
        "serial": serial,
        "lane": "ordinary",
        "barred_units": ("drainage", "police"),
        "body": b"{}",
        "key_id": "k1",
        "claim": claim,
        "contact": Sealed(b"wrapped", b"sealed"),
        "tail_mac": b"tail",
        "raw": None,
        "attachments": (),
    }
    return NewReport(**fields | changes)


def a_claim(fingerprint: bytes = b"body", key: UUID | None = None) -> Claim:
    return Claim(key or uuid4(), fingerprint)


async def test_a_batch_gets_one_instant_and_serials_nobody_else_gets(reports: Reports) -> None:
    first, second = await reports.begin(3), await reports.begin(2)

    assert len({*first.serials, *second.serials}) == 5
    assert (len(first.serials), len(second.serials)) == (3, 2)
    assert first.epoch == second.epoch == 1
    assert first.now.utcoffset() == timedelta(0)


async def test_what_was_accepted_is_found_by_its_number(reports: Reports) -> None:
    moment = await reports.begin(2)
    rows = [a_row(serial) for serial in moment.serials]

    assert await reports.accept_once(rows, moment) == {}

    found = await reports.find(1, rows[1].serial)
    assert found is not None
    assert (found.report_id, found.accepted_at, found.key_id) == (rows[1].report_id, moment.now, "k1")
    assert await reports.find(2, rows[1].serial) is None
    assert await reports.find(1, 10**9) is None


async def test_a_known_key_gives_what_it_made_and_writes_nothing(reports: Reports) -> None:
    moment = await reports.begin(1)
    claim = a_claim()
    first = a_row(moment.serials[0], claim)
    await reports.accept_once([first], moment)

    later = await reports.begin(2)
    again, new = a_row(later.serials[0], a_claim(b"other", claim.client_key)), a_row(later.serials[1], a_claim())
    earlier = await reports.accept_once([again, new], later)

    assert set(earlier) == {claim.client_key}
    assert earlier[claim.client_key].fingerprint == b"body"
    assert earlier[claim.client_key].made.report_id == first.report_id
    assert await reports.find(1, again.serial) is None
    assert await reports.find(1, new.serial) is not None


async def test_a_value_that_cannot_be_stored_fails_the_whole_call(reports: Reports) -> None:
    moment = await reports.begin(2)
    good, bad = a_row(moment.serials[0]), a_row(moment.serials[1], body=b"\0", lane="no lane")

    with pytest.raises(CannotStoreError):
        await reports.accept_once([good, bad], moment)

    assert await reports.find(1, good.serial) is None


async def test_keys_are_asked_without_writing(reports: Reports) -> None:
    moment = await reports.begin(1)
    claim = a_claim()
    row = a_row(moment.serials[0], claim)
    await reports.accept_once([row], moment)

    made = await reports.made_by([claim.client_key, uuid4()])

    assert {key: earlier.made.report_id for key, earlier in made.items()} == {claim.client_key: row.report_id}


async def test_what_was_said_before_is_found_by_its_mark_the_newest_first(reports: Reports) -> None:
    moment = await reports.begin(3)
    rows = [
        a_row(
            serial,
            repeat_mark=mark,
            body=encode(ReportReceived(event_id=an_id(str(serial)), report=a_report(str(serial)))),
        )
        for serial, mark in zip(moment.serials, (-7, -7, 9), strict=True)
    ]
    await reports.accept_once(rows, moment)

    later = await reports.begin(1, [-7, 8])

    numbers = [(mark, report.number) for mark, report in later.said_before]
    assert numbers == [(-7, f"20260302-{rows[1].serial}"), (-7, f"20260302-{rows[0].serial}")]
