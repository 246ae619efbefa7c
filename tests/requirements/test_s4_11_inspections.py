"""S4-11: random, seeded sample of closed cases for inspection: same seed -> same sample; failure reopens the case."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from services.appraisal.domain.periods import period_of
from services.appraisal.domain.record import Record, folded
from services.appraisal.domain.samples import sample_of
from services.appraisal.store.facts import PostgresFacts, facts_touching
from services.appraisal.store.sampling import keep_sample
from services.chassis.postgres import postgres_pool
from services.chassis.settings import PostgresSettings
from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.ledger.domain.acts import Handle, RefusedError, SignIn, Verify
from services.ledger.domain.life.acts import FollowUp, Inspect
from tests.builders import an_id
from tests.unit.appraisal.stories import Story, row_from
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.wire.desk.office import ANSWER as OFFICE_ANSWER
from tests.wire.desk.office import Office, token_of

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)
CENTER = "district_command_center"
FAILED = {"type": "inspect", "passed": False, "note": "箅子仍然堵塞"}


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


def records() -> list[Record]:
    """Forty cases: twenty closed in March, the others open, closed in April, or of a sensitive lane."""
    closed = [Story(f"closed {number}", march(2), march(6)).closed(march(5)) for number in range(20)]
    others = [Story(f"open {number}", march(2), march(6)) for number in range(10)]
    others += [
        Story(f"later {number}", march(2), march(6)).closed(march(2) + timedelta(days=32)) for number in range(5)
    ]
    others += [
        Story(f"secret {number}", march(2), march(6), changes={"lane": "petition"}).closed(march(5))
        for number in range(5)
    ]
    return [record for story in closed + others if (record := story.record(MARCH.ends)) is not None]


def numbers(seed: int, size: int = 5, of: list[Record] | None = None) -> list[str]:
    return [number for number, _ in sample_of(of or records(), MARCH, seed, size)]


def test_the_same_seed_draws_the_same_sample_whatever_order_the_cases_are_in() -> None:
    assert numbers(7) == numbers(7, of=list(reversed(records())))
    assert len(numbers(7)) == len(set(numbers(7))) == 5


def test_another_seed_draws_another() -> None:
    assert len({tuple(numbers(seed)) for seed in range(20)}) > 15


def test_only_cases_closed_in_the_month_are_drawn_and_no_sensitive_ones() -> None:
    everything = numbers(7, size=100)

    assert len(everything) == 20
    assert all("closed" in number for number in everything)


def test_every_case_is_drawn_about_as_often_as_any_other() -> None:
    known = records()
    drawn = [number for seed in range(400) for number in numbers(seed, of=known)]

    # 400 draws of 5 in 20: each is expected 100 times; seven standard deviations either way.
    assert all(40 < drawn.count(number) < 160 for number in set(drawn))


def closed_case(*, archived: bool = False) -> CaseInTest:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(Handle(**ANSWER), "drainage", person="handler")
    case.act(Verify(done=True), "sub-01", "subdistrict_officer")
    if archived:
        case.act(FollowUp("satisfied"), "sub-01", "subdistrict_officer")
    return case


@pytest.mark.parametrize("archived", [False, True])
def test_a_case_that_does_not_hold_begins_again_with_a_new_promise(*, archived: bool) -> None:
    case = closed_case(archived=archived)

    case.act(Inspect(passed=False, note="箅子仍然堵塞"), CENTER, "inspector", after=timedelta(days=3))

    assert case.state == "dispatched"
    assert case.said[-2:] == ["Reopened", "Dispatched"]
    reopened = case.taken.facts[-2].event.what  # type: ignore[attr-defined]
    assert (reopened.because, reopened.reason) == ("inspection", "箅子仍然堵塞")
    assert case.clock("promise", cycle=2).stopped_at is None


def test_a_case_that_holds_is_verified_once_more() -> None:
    case = closed_case()

    case.act(Inspect(passed=True), CENTER, "inspector")

    assert (case.state, case.said[-1]) == ("closed", "Verified")


@pytest.mark.parametrize(
    ("act", "unit", "role", "person", "slug"),
    [
        pytest.param(Inspect(passed=False), CENTER, "inspector", "", "reason-missing", id="without-a-reason"),
        pytest.param(Inspect(passed=True), CENTER, "inspector", "handler", "not-yours-to-do", id="by-who-handled-it"),
        pytest.param(Inspect(passed=True), "drainage", "unit_head", "", "not-yours-to-do", id="by-the-department"),
    ],
)
def test_who_may_not_inspect_changes_nothing(act: Inspect, unit: str, role: str, person: str, slug: str) -> None:
    case = closed_case()

    with pytest.raises(RefusedError) as refused:
        case.act(act, unit, role, person=person)

    assert (refused.value.slug, case.state) == (slug, "closed")


def test_an_open_case_is_not_inspected() -> None:
    with pytest.raises(RefusedError) as refused:
        CaseInTest().act(Inspect(passed=True), CENTER, "inspector")

    assert refused.value.slug == "not-in-this-state"


async def closed_by_people(office: Office, *names: str) -> None:
    """Let the department handle cases, and the street verify them."""
    await office.open(*names)
    for name in names:
        signed = await office.act("drainage", "sign_in", 1, case=name)
        handled = await office.act("drainage", dict(OFFICE_ANSWER), signed.json()["revision"], case=name)
        closed = await office.act("street", {"type": "verify", "done": True}, handled.json()["revision"], case=name)
        assert closed.json()["state"] == "closed", closed.text


async def drawn(office: Office, seed: int, size: int) -> list[UUID]:
    """Give the appraisal what the ledger stated, draw a sample, and keep it as its inspector does."""
    told = office.database.run_sql(
        f"select encode(body, 'hex') from ledger.facts where topic = '{CaseProgressed.TYPE}'"
    )
    rows = [row_from(decode(bytes.fromhex(body), CaseProgressed)) for body in told.split()]
    async with postgres_pool(PostgresSettings(dsn=office.database.dsn("appraisal"), password=None)) as pool:
        await PostgresFacts(pool).keep_once(rows)
        async with pool.acquire() as connection, connection.transaction():
            folds = [folded(facts, MARCH.ends) async for facts in facts_touching(connection, MARCH)]
    sample = sample_of([record for record in folds if record is not None], MARCH, seed, size)
    operator = await asyncpg.connect(office.database.dsn("operator"))
    try:
        await keep_sample(operator, MARCH, seed, size, sample, token_of("inspector").token_hash)
    finally:
        await operator.close()
    kept = office.database.run_sql("select unnest(cases) from appraisal.samples_shown").split()
    assert kept == [str(case_id) for _, case_id in sample]
    return [case_id for _, case_id in sample]


@pytest.mark.postgres
async def test_what_does_not_hold_at_an_inspection_is_back_in_its_departments_queue(office: Office) -> None:
    office.hire("inspector", CENTER, "inspector")
    names = {an_id(name): name for name in ("one", "two", "three")}
    await closed_by_people(office, *names.values())
    office.at("2026-03-20 02:00:00+00")

    fails, holds = await drawn(office, 7, 2)
    assert await drawn(office, 7, 2) == [fails, holds]
    revisions = {case: (await office.get("inspector", f"/api/v1/cases/{case}")).json()["revision"] for case in names}
    not_theirs = await office.act("drainage", FAILED, revisions[fails], case=names[fails])
    unreasoned = await office.act("inspector", {**FAILED, "note": ""}, revisions[fails], case=names[fails])
    again = await office.act("inspector", FAILED, revisions[fails], case=names[fails])
    held = await office.act("inspector", {**FAILED, "passed": True}, revisions[holds], case=names[holds])

    assert (not_theirs.status_code, unreasoned.json()["type"]) == (403, "/problems/reason-missing")
    assert (again.json()["state"], held.json()["state"]) == ("dispatched", "closed")
    assert [row["case_id"] for row in await office.queue("drainage")] == [str(fails)]
    promised = f"select due_at > '2026-03-20' from ledger.clocks where case_id = '{fails}' and kind = 'promise'"
    assert office.database.run_sql(f"{promised} and cycle = 2") == "t"
    said = (await office.get("inspector", f"/api/v1/cases/{fails}/timeline")).text
    assert "箅子仍然堵塞" in said
