"""Words added later that others may not read, over real PostgreSQL: where they lie, and who may reveal them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import pytest
from obstore.store import MemoryStore
from prometheus_client import CollectorRegistry
from uuid_utils.compat import uuid7

from services.intake.domain.admission import admit
from services.intake.domain.followup import admit_followup
from services.intake.domain.form import FollowUpForm, ReportForm
from services.intake.domain.receipt import Answer, Receipt
from services.intake.handlers.accepting import AcceptReports
from services.intake.handlers.separating import SeparateWords
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Known
from services.intake.store.city import ReferenceCity
from services.intake.store.followups import PostgresFollowUps
from services.intake.store.pictures import KeptPictures
from services.intake.store.reports import PostgresReports
from tests.builders import an_id
from tests.component.intake.window import KEYS
from tests.wire.desk.office import Office, an_office, token_of
from tests.wire.desk.pages import the_district

pytestmark = pytest.mark.postgres

CITY: Final = ReferenceCity(the_district())
LANE: Final = f"update identity.roles set lane = 'drugs' where person_id = '{an_id('person lane')}'"


@pytest.fixture
async def office(database: Any) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        office.hire("lane", "police", "clerk")
        office.database.run_sql(LANE)
        yield office


@asynccontextmanager
async def the_window(office: Office) -> AsyncIterator[tuple[AcceptReports, PostgresFollowUps]]:
    async with asyncpg.create_pool(office.database.dsn("intake_api"), min_size=1, max_size=2) as pool:
        yield (
            AcceptReports(
                reports=PostgresReports(pool, 10),
                pictures=KeptPictures(pool, MemoryStore()),
                keys=KEYS,
                metrics=IntakeMetrics.create(CollectorRegistry()),
                new_id=uuid7,
            ),
            PostgresFollowUps(pool, 10),
        )


async def said_later(office: Office, text: str) -> tuple[Receipt, Answer]:
    """Report an unlit stairway and add to it, twice the same; return both receipts."""
    async with the_window(office) as (accept, followups):
        first = admit(ReportForm(text="楼道灯不亮", community="com-0101"), CITY, by_staff=False)
        receipt = (await accept.one(first, None)).receipt
        known = Known(receipt.report_id, 1, 1, receipt.accepted_at, "k1", "ordinary")
        added = admit_followup(FollowUpForm(kind="facts", text=text), known.lane, CITY)
        separate = SeparateWords(accept=accept, followups=followups, city=lambda: CITY)
        answers = [await separate.of(known, added) for _ in range(2)]
    made, again = answers
    assert made is not None
    assert again is not None
    assert (again.receipt.report_id, again.replayed) == (made.receipt.report_id, True)
    return receipt, made


async def revealed(office: Office, who: str, receipt: Receipt) -> list[str] | None:
    """Return what the vault gives of a report: the parts' names; None where it is not theirs."""
    pool = asyncpg.create_pool(office.database.dsn("desk_api"), min_size=1, max_size=1)
    async with pool, pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('whistle.token', $1, true)", token_of(who).token_hash.hex())
        try:
            rows = await connection.fetch("select what from vault.reveal($1, '了解情况')", receipt.report_id)
        except asyncpg.InsufficientPrivilegeError:
            return None
    return [row["what"] for row in rows]


async def test_the_ordinary_department_reveals_no_words_of_a_lane(office: Office) -> None:
    ordinary, separate = await said_later(office, "黑着灯有人吸毒")

    assert await revealed(office, "drainage", ordinary) == []
    assert await revealed(office, "drainage", separate.receipt) is None
    assert await revealed(office, "lane", separate.receipt) == ["text"]
    assert office.database.run_sql("select lane from intake.reports order by serial").split() == ["ordinary", "drugs"]
    assert office.count("intake.pending") == 2
    assert office.count("intake.followups") == 0


async def test_the_accused_reveals_no_complaint_added_later(office: Office) -> None:
    office.hire("heating", "heating_company", "clerk")

    first, complaint = await said_later(office, "供热公司推诿，打了13812345678三次没人来")

    assert await revealed(office, "heating", first) == []
    assert await revealed(office, "heating", complaint.receipt) is None
    assert await revealed(office, "street", complaint.receipt) == ["text"]
