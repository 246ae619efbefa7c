"""Acts that come together: one transaction, each judged for itself, and nobody waits on account of another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from services.chassis.postgres import Pool
from services.ledger.domain.acts import Handle, Note, RefusedError, SignIn
from services.ledger.domain.settling import settle
from services.ledger.store.acting import (
    ActAnswer,
    Asking,
    ClockStoppedError,
    KeyReusedError,
    NoSuchCaseError,
    StaleRevisionError,
    UnknownTokenError,
)
from services.ledger.store.acting_together import ALONE_MAX, ActingTogether
from services.ledger.store.taking import TakenFor, take_each
from services.ledger.store.writing import WRITE_EACH, ActRow, changes_of, write_each
from tests.builders import a_city, an_id
from tests.environment.database import Database
from tests.unit.ledger.cases import ANSWER
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.waiting import eventually
from tests.wire.desk.office import Office, TheCity, an_office, token_of
from tests.wire.ledger.moving_town import Town, a_town

pytestmark = pytest.mark.postgres

NAMES = ("one", "two", "three")
IN_HOW_MANY_TRANSACTIONS = "select count(distinct xmin::text) from ledger.acts"


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Pool]:
    async with asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4) as pool:
        yield pool


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with an_office(database) as office:
        await office.open(*NAMES)
        yield office


@pytest.fixture
def acting(desk: Pool, office: Office) -> ActingTogether:
    return ActingTogether(desk, TheCity())  # type: ignore[arg-type]


def signing_in(case: str, who: str = "drainage", key: str = "") -> Asking:
    return Asking(
        token_hash=token_of(who).token_hash, case_id=an_id(case), act=SignIn(), if_match=1, key=key or f"{case}'s"
    )


async def together(acting: ActingTogether, *asked: Asking) -> list[ActAnswer | BaseException]:
    return await asyncio.gather(*(acting.perform(asking) for asking in asked), return_exceptions=True)


def kinds(answers: Sequence[ActAnswer | BaseException]) -> list[type]:
    return [type(answer) for answer in answers]


async def test_acts_of_several_people_take_effect_in_one_transaction(acting: ActingTogether, office: Office) -> None:
    watching = replace(signing_in("three", "coordinator"), act=Note(kind="urge", text="居民又来电话"))

    answers = await together(acting, signing_in("one"), signing_in("two"), watching)

    assert kinds(answers) == [ActAnswer] * 3
    assert office.database.run_sql(IN_HOW_MANY_TRANSACTIONS).strip() == "1"
    assert office.count("ledger.cases where state = 'in_progress'") == 2
    assert office.count("ledger.pending") == office.count("ledger.facts") == 6
    persons = "select count(distinct person) from ledger.acts"
    assert office.database.run_sql(persons).strip() == "2"


async def test_a_refused_act_refuses_no_other(acting: ActingTogether, office: Office) -> None:
    stale = replace(signing_in("one"), if_match=7)
    not_yet = replace(signing_in("two"), act=Handle(**ANSWER))

    answers = await together(acting, stale, not_yet, signing_in("three"))

    assert kinds(answers) == [StaleRevisionError, RefusedError, ActAnswer]
    assert office.count("ledger.acts") == 1


async def test_a_refused_act_still_commits_what_was_settled(acting: ActingTogether, office: Office) -> None:
    office.at("2026-03-03 01:00:00+00")

    answers = await together(acting, replace(signing_in("one"), act=Handle(**ANSWER)), signing_in("two"))

    assert kinds(answers) == [RefusedError, ActAnswer]
    assert office.count("ledger.whistles") == 2
    assert office.count(f"ledger.steps where case_id = '{an_id('three')}'") == 0


async def test_who_may_not_see_a_case_or_has_no_token_is_told_so_and_holds_up_nobody(
    acting: ActingTogether, office: Office
) -> None:
    stranger = replace(signing_in("three"), token_hash=b"x" * 32)

    answers = await together(acting, signing_in("one"), signing_in("two", "education"), stranger)

    assert kinds(answers) == [ActAnswer, NoSuchCaseError, UnknownTokenError]
    assert office.count("ledger.acts") == 1


async def test_nobody_waits_for_a_case_that_another_act_waits_for(
    acting: ActingTogether, office: Office, database: Database
) -> None:
    holder = await asyncpg.connect(database.dsn())
    async with holder.transaction():
        await holder.execute("select from ledger.cases where case_id = $1 for update", an_id("one"))
        held = asyncio.create_task(acting.perform(signing_in("one")))
        others = await together(acting, signing_in("two"), signing_in("three"))
        assert kinds(others) == [ActAnswer] * 2
        assert not held.done()
    await holder.close()

    assert (await held).state == "in_progress"


async def test_acts_that_wait_for_their_cases_leave_a_connection_to_all_others(
    office: Office, database: Database
) -> None:
    held = [f"held-{number}" for number in range(ALONE_MAX + 2)]
    await office.open(*held)
    holder = await asyncpg.connect(database.dsn())
    async with asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=ALONE_MAX + 1) as pool:
        acting = ActingTogether(pool, TheCity())  # type: ignore[arg-type]
        async with holder.transaction():
            await holder.execute("select from ledger.cases where case_id = any($1) for update", [*map(an_id, held)])
            waiting = [asyncio.create_task(acting.perform(signing_in(case))) for case in held]
            await eventually(lambda: pool.get_size() - pool.get_idle_size() >= ALONE_MAX, within_seconds=10)
            free = await together(acting, signing_in("one"), signing_in("two"))
        answers = await asyncio.gather(*waiting)
    await holder.close()

    assert kinds(free) == [ActAnswer] * 2
    assert [answer.state for answer in answers] == ["in_progress"] * len(held)


async def test_a_repeat_beside_the_first_answers_the_same_and_does_nothing(
    acting: ActingTogether, office: Office
) -> None:
    answers = await together(acting, signing_in("one"), signing_in("one"), signing_in("two"))

    first, again = answers[0], answers[1]
    assert isinstance(first, ActAnswer)
    assert isinstance(again, ActAnswer)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.version == again.version
    assert office.count("ledger.acts") == 2


async def test_one_key_is_good_for_one_of_two_acts(acting: ActingTogether, office: Office) -> None:
    answers = await together(acting, signing_in("one", key="k"), signing_in("two", key="k"))

    assert kinds(answers) == [ActAnswer, KeyReusedError]
    assert office.count("ledger.cases where state = 'in_progress'") == 1


async def test_nothing_takes_effect_while_the_clocks_disagree(acting: ActingTogether, office: Office) -> None:
    office.database.run_sql("insert into ledger.clock_stop (reason) values ('back by an hour')")

    answers = await together(acting, signing_in("one"), signing_in("two"))

    assert kinds(answers) == [ClockStoppedError] * 2
    assert office.count("ledger.acts") == 0


async def test_a_case_that_cannot_be_settled_keeps_no_other_from_its_act(database: Database) -> None:
    async with a_town(database, a_version(), MORNING) as town:
        await town.open("broken", "sound", place=HERE)
        undecidable = f"update ledger.clocks set next_step = 'no_show' where case_id = '{an_id('broken')}'"
        database.run_sql(f"{undecidable} and kind = 'promise'")
        town.at(MORNING + timedelta(days=30))

        answers = await together(town.acting, *(await asked_in(town, "broken", "sound")))

    assert isinstance(answers[0], Exception)
    assert isinstance(answers[1], ActAnswer)


async def asked_in(town: Town, *names: str) -> list[Asking]:
    """Return a note of the command center on each case."""
    note, token = Note(kind="urge", text="请尽快"), town.tokens["center_leader"]
    revisions = dict(await town.rows("select case_id, revision from ledger.cases"))
    return [
        Asking(token_hash=token, case_id=an_id(name), act=note, if_match=revisions[an_id(name)], key=name)
        for name in names
    ]


async def taken(connection: Any, *asked: tuple[str, str]) -> Sequence[TakenFor]:
    """Take cases for whoever asks, settle them, and say whose each is."""
    names, people = zip(*asked, strict=True)
    found = await take_each(connection, [an_id(name) for name in names], tokens_of(*people), list(names))
    assert found is not None
    for one in found[1]:
        settle(one.case, found[0].now, a_city())
        one.case.case.asker = one.place + 1
    return found[1]


def tokens_of(*people: str) -> list[bytes]:
    return [token_of(who).token_hash for who in people]


async def test_taken_is_only_what_its_own_asker_may_see(desk: Pool, office: Office) -> None:
    async with desk.acquire() as connection, connection.transaction():
        each = await taken(connection, ("one", "drainage"), ("two", "education"), ("three", "coordinator"))

    assert sorted(one.place for one in each) == [0, 2]


async def test_whoever_has_one_case_does_not_write_another_under_it(desk: Pool, office: Office) -> None:
    office.at("2026-03-03 01:00:00+00")
    async with desk.acquire() as connection:
        async with connection.transaction():
            both = [one.case for one in await taken(connection, ("one", "drainage"), ("two", "drainage"))]

        async with connection.transaction():
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not your case"):
                await write_each(connection, both, tokens_of("drainage", "education"), [])
        async with connection.transaction():
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not your case"):
                await write_each(connection, both, tokens_of("drainage"), [])
        assert office.count("ledger.steps") == 0
        await write_each(connection, both, tokens_of("drainage", "drainage"), [])
    assert office.count("ledger.steps") == sum(len(case.steps) for case in both)


ALONE = "select ledger.write($1, $2, ($3::bytea[])[1])"


@pytest.mark.parametrize("write", [pytest.param(ALONE, id="alone"), pytest.param(WRITE_EACH, id="together")])
async def test_rows_of_a_case_that_is_not_written_are_not_written(desk: Pool, office: Office, write: str) -> None:
    async with desk.acquire() as connection, connection.transaction():
        mine, other = await taken(connection, ("one", "drainage"), ("two", "drainage"))
    changes, bodies = changes_of([mine.case])
    changes.assignments.append(other.case.lead_assignment())
    written = (msgspec.json.encode(changes).decode(), bodies, tokens_of("drainage"))

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not a case of this write"):
        await desk.execute(write, *written)


async def test_an_answer_is_kept_under_the_person_whose_act_it_was(desk: Pool, office: Office) -> None:
    nobodys = ActRow(key="k", fingerprint="00" * 32, at=MORNING, answer=msgspec.Raw(b"{}"), asker=2)

    with pytest.raises(asyncpg.NotNullViolationError):
        await write_each(desk, [], tokens_of("drainage"), [nobodys])
