"""S4-06: the digest at 18:00 equals a query at that instant; an empty digest is not sent.

New, open, due today, overdue: per responsible person, every day, once.
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from services.contracts.codec import decode
from services.contracts.events import NoticeIssued, Place
from services.ledger.store.schedules import Schedules
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.desk.office import Office, an_office

pytestmark = pytest.mark.postgres

EVENING = "2026-03-03 10:00:00+00"
"""Tuesday, 18:00 in the district."""
COUNTS = ("new", "open", "due_today", "overdue")
QUERY = """
    select count(*) filter (where opened_at >= '2026-03-02 16:00+00'), count(*),
        count(*) filter (where due_at >= '{at}' and due_at < '2026-03-03 16:00+00'),
        count(*) filter (where due_at < '{at}')
    from ledger.assignments where handling_unit = '{unit}' and ended_at is null and state <> 'delivered'
"""


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        office.hire("head_of_works", "municipal_works", "unit_head")
        office.hire("head_of_education", "education", "unit_head")
        yield office


@pytest.fixture
async def schedules(database: Database) -> AsyncIterator[Schedules]:
    async with asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=2) as pool:
        schedules = Schedules(pool)
        await schedules.settle_due()
        yield schedules


def digests(office: Office) -> dict[str, NoticeIssued]:
    rows = office.database.run_sql("select encode(body, 'hex') from ledger.notices").split()
    events = [decode(bytes.fromhex(row), NoticeIssued) for row in rows]
    return {str(event.person): event for event in events if event.kind == "digest"}


async def a_day(office: Office) -> None:
    await office.open("overdue", "handed-in", cooperating=("municipal_works",))
    await office.act("works", {"type": "deliver_part", "measure": "已封路"}, case="handed-in")
    office.at("2026-03-03 00:30:00+00")
    await office.open("new", cooperating=())
    await office.open("theirs", lead="traffic_police", cooperating=(), report={"place": Place(subdistrict="sub-02")})


async def test_the_digest_at_six_is_what_a_query_finds_at_that_instant(office: Office, schedules: Schedules) -> None:
    await a_day(office)
    office.at("2026-03-03 09:59:59.999+00")
    assert await schedules.settle_due() == 1, "Monday's, which nobody was there for"
    before = len(digests(office))

    office.at(EVENING)
    assert await schedules.settle_due() == 1

    found = digests(office)
    assert before == 2
    for who, unit in (("drainage_too", "drainage"), ("head_of_works", "municipal_works")):
        digest = found[str(an_id(f"person {who}"))]
        row = office.database.run_sql(QUERY.format(at=EVENING, unit=unit)).strip()
        assert "|".join(str(digest.facts[name]) for name in COUNTS) == row
        assert (digest.units, digest.subject) == ((unit,), "2026-03-03")
    assert [found[str(an_id("person drainage_too"))].facts[name] for name in COUNTS] == [1, 3, 0, 2]


async def test_whoever_has_nothing_in_hand_is_told_nothing(office: Office, schedules: Schedules) -> None:
    await a_day(office)
    office.at(EVENING)
    await schedules.settle_due()

    assert str(an_id("person head_of_education")) not in digests(office)
    assert str(an_id("person community")) not in digests(office)


async def test_a_days_digest_is_sent_once_and_the_next_one_the_next_day(office: Office, schedules: Schedules) -> None:
    await a_day(office)
    office.at(EVENING)

    settled = [await schedules.settle_due() for _ in range(3)]
    after_a_restart = await Schedules(schedules.pool).settle_due()

    assert (settled, after_a_restart) == ([1, 0, 0], 0)
    assert office.count("ledger.pending where notice_id is not null") == len(digests(office)) == 2
    waiting = office.database.run_sql("select period from ledger.schedules where settled_at is null").split()
    assert waiting == ["2026-03-04"]


async def test_in_between_everybody_may_ask_for_theirs(office: Office, schedules: Schedules) -> None:
    await a_day(office)
    office.at(EVENING)
    await schedules.settle_due()

    asked: dict[str, Any] = (await office.get("drainage_too", "/api/v1/digest")).json()

    assert [asked[name] for name in COUNTS] == [
        digests(office)[str(an_id("person drainage_too"))].facts[name] for name in COUNTS
    ]
