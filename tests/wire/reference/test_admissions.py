"""The register of admissions on real PostgreSQL: who asks, who decides, what is missing, and what is counted."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import asyncpg
import pytest
from msgspec.structs import replace

from services.chassis.postgres import Pool
from services.identity.persons import give_token, load_persons
from services.reference.model.duties import Admission
from services.reference.model.organisation import LEADING_GROUP_OFFICE
from services.reference.sheets.persons import PersonInRole, PersonRole
from services.reference.sheets.refusals import Refusal
from services.reference.versions import admissions
from services.reference.versions.admissions import Request, Withdrawal
from services.reference.versions.publish import PublicationRefusedError
from services.reference.versions.register import register
from tests.builders import an_id
from tests.environment.database import Database

pytestmark = pytest.mark.postgres

HEADS: Final[tuple[tuple[str, PersonRole], ...]] = (
    ("housing", "unit_head"),
    ("housing", "clerk"),
    (LEADING_GROUP_OFFICE, "unit_head"),
    (LEADING_GROUP_OFFICE, "clerk"),
)
ASKED: Final = Request(
    title="电梯排查", department="housing", items=("1501",), units=("sub-01",), funds=True, staff=True, powers=True
)
SOON: Final = datetime(2099, 1, 1, tzinfo=UTC)
ON_PAPER: Final = Admission(
    id="ZR-2025-014",
    title="游商",
    requested_by="urban_management",
    items=("1001",),
    units=("sub-01", "sub-02"),
    funds=True,
    staff=True,
    powers=True,
    state="approved",
    decided_on=date(2025, 11, 20),
)


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database.dsn("operator"), min_size=1, max_size=2) as pool:
        yield pool


@pytest.fixture
async def tokens(pool: Pool) -> dict[tuple[str, str], bytes]:
    persons = [
        PersonInRole(
            person_id=an_id(f"{unit} {role}"),
            name=role,
            unit=unit,
            role=role,
            lane="ordinary",
            valid_from=date(2026, 1, 1),
            valid_to=None,
        )
        for unit, role in HEADS
    ]
    async with pool.acquire() as connection:
        await load_persons(connection, persons)
        return {
            (each.unit, each.role): (await give_token(connection, each.person_id, timedelta(hours=1))).token_hash
            for each in persons
        }


async def state_of(pool: Pool, admission: str) -> tuple[str, str | None]:
    (found,) = [each for each in await register(pool) if each.id == admission]
    return found.state, found.reason


async def refusals(pool: Pool) -> dict[str, int]:
    rows = await pool.fetch("select department, refusals from reference.refusals_by_department")
    return {row["department"]: row["refusals"] for row in rows}


async def test_a_department_asks_and_the_leading_group_decides(
    pool: Pool, tokens: dict[tuple[str, str], bytes]
) -> None:
    asked = await admissions.request(pool, ASKED, tokens["housing", "unit_head"])
    again = await admissions.request(pool, ASKED, tokens["housing", "unit_head"])
    await admissions.decide(
        pool, asked.id, "条件具备", tokens[LEADING_GROUP_OFFICE, "unit_head"], approved=True, valid_to=None
    )

    assert (asked.state, asked.id[:3], asked.id[-3:], again.id[-3:]) == ("requested", "ZR-", "001", "002")
    assert await state_of(pool, asked.id) == ("approved", "条件具备")
    assert await state_of(pool, again.id) == ("requested", None)
    assert await refusals(pool) == {}


WITHOUT: Final = {
    "funds": dataclasses.replace(ASKED, funds=False),
    "staff": dataclasses.replace(ASKED, staff=False),
    "powers": dataclasses.replace(ASKED, powers=False),
}


@pytest.mark.parametrize("missing", WITHOUT)
async def test_a_task_without_one_of_its_conditions_is_refused_and_says_which(
    pool: Pool, tokens: dict[tuple[str, str], bytes], missing: str
) -> None:
    asked = await admissions.request(pool, WITHOUT[missing], tokens["housing", "unit_head"])

    assert (asked.state, asked.reason) == ("refused", f"not given with the task: {missing}")
    assert await refusals(pool) == {"housing": 1}


@pytest.mark.parametrize("who", [("housing", "clerk"), (LEADING_GROUP_OFFICE, "unit_head")])
async def test_only_a_departments_head_asks_for_it(
    pool: Pool, tokens: dict[tuple[str, str], bytes], who: tuple[str, str]
) -> None:
    with pytest.raises(PublicationRefusedError, match="needs the head of housing"):
        await admissions.request(pool, ASKED, tokens[who])


@pytest.mark.parametrize("who", [("housing", "unit_head"), (LEADING_GROUP_OFFICE, "clerk")])
async def test_only_the_head_of_the_leading_groups_office_decides(
    pool: Pool, tokens: dict[tuple[str, str], bytes], who: tuple[str, str]
) -> None:
    asked = await admissions.request(pool, ASKED, tokens["housing", "unit_head"])

    with pytest.raises(PublicationRefusedError) as refused:
        await admissions.decide(pool, asked.id, "", tokens[who], approved=True, valid_to=None)

    assert refused.value.code == "42501"
    assert await state_of(pool, asked.id) == ("requested", None)


async def test_nobody_decides_what_they_asked_for(pool: Pool, tokens: dict[tuple[str, str], bytes]) -> None:
    own = dataclasses.replace(ASKED, department=LEADING_GROUP_OFFICE)
    asked = await admissions.request(pool, own, tokens[LEADING_GROUP_OFFICE, "unit_head"])

    with pytest.raises(PublicationRefusedError) as refused:
        await admissions.decide(
            pool, asked.id, "", tokens[LEADING_GROUP_OFFICE, "unit_head"], approved=True, valid_to=None
        )

    assert refused.value.code == "RV008"


async def test_a_decision_is_made_once(pool: Pool, tokens: dict[tuple[str, str], bytes]) -> None:
    office = tokens[LEADING_GROUP_OFFICE, "unit_head"]
    asked = await admissions.request(pool, ASKED, tokens["housing", "unit_head"])
    await admissions.decide(pool, asked.id, "不具备", office, approved=False, valid_to=None)

    with pytest.raises(PublicationRefusedError) as refused:
        await admissions.decide(pool, asked.id, "", office, approved=True, valid_to=None)

    assert refused.value.code == "RV007"
    assert await refusals(pool) == {"housing": 1}


async def test_what_was_decided_on_paper_is_adopted_once_and_withdrawn_with_its_history(
    pool: Pool, tokens: dict[tuple[str, str], bytes]
) -> None:
    first, second = await admissions.adopt(pool, [ON_PAPER]), await admissions.adopt(pool, [ON_PAPER])
    today: date = await pool.fetchval("select (clock.now() at time zone 'Asia/Shanghai')::date")

    ended = Withdrawal(admission=ON_PAPER.id, ends_on=date(2026, 1, 1), active_from=SOON, reason="取消")
    version = await admissions.withdraw(pool, ended, tokens[LEADING_GROUP_OFFICE, "unit_head"])

    assert (first, second, version) == (1, 0, None)
    (known,) = await register(pool)
    # Never earlier than today: what went down under it until now was right.
    assert known == replace(ON_PAPER, state="withdrawn", valid_to=today, reason="取消")
    states = await pool.fetch("select state from reference.admission_history order by change_id")
    assert [row["state"] for row in states] == ["approved", "withdrawn"]


async def test_the_same_work_sent_down_again_on_one_day_counts_once(
    pool: Pool, tokens: dict[tuple[str, str], bytes]
) -> None:
    sent = [Refusal("duty_lists", row, "admission", f"no admission ZR-{row}", "housing") for row in (2, 3)]
    head = tokens["housing", "unit_head"]

    first = await admissions.note_refused(pool, [*sent, Refusal("rules", 2, "id", "empty")], head)
    second = await admissions.note_refused(pool, sent, head)

    assert (first, second) == ({"housing": 2}, {"housing": 2})


async def test_the_register_is_changed_by_its_functions_only(database: Database, pool: Pool) -> None:
    await admissions.adopt(pool, [ON_PAPER])

    for role in ("operator", "desk_api"):
        async with asyncpg.create_pool(database.dsn(role), min_size=1, max_size=1) as others:
            for statement in (
                "update reference.admissions set state = 'approved'",
                "delete from reference.refused_tasks",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await others.execute(statement)
