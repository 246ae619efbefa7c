"""The small model of the random tests is right where only a long run comes by."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest

from services.desk.domain.permitted import ACT_TYPES
from services.ledger.store.acting import Asking
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.ledger.bus import added, decided
from tests.wire.ledger.disorder import prepare, token_of
from tests.wire.ledger.looking import Look
from tests.wire.ledger.restless import Pools, Restless

pytestmark = pytest.mark.postgres

CASE = "case-1"
"""Of the street, and without stages."""
REPLY = {"accepted_when": "周一", "talked_with": "王某", "measure": "已清掏", "done_by": "当天"}


@pytest.fixture
async def city(database: Database) -> AsyncIterator[Restless]:
    prepare(database)
    async with AsyncExitStack() as stack:
        city = Restless(await Pools.of(database, stack))
        await city.begin()
        yield city


async def test_a_number_that_was_decided_unasked_is_not_allotted_when_a_closed_case_begins_again(
    city: Restless,
) -> None:
    look = Look(city)
    await city.take_in(city.bus.sent)
    await look.again()
    await _act(city, "the coordinator", "sign_in")
    await _act(city, "the coordinator", "handle", **REPLY)
    await _act(city, "an officer", "verify", done=True, note="看过现场")
    await look.again()

    await city.take_in([decided(CASE, 7, "sanitation"), added(CASE, "new facts")])

    await look.again()
    assert (await city.document(an_id(CASE))).case.attempt == 8


async def _act(city: Restless, person: str, kind: str, **said: object) -> None:
    document = await city.document(an_id(CASE))
    act: Any = msgspec.convert({"type": kind, **said}, ACT_TYPES[kind])
    key = f"{person} {kind}"
    revision = document.case.revision
    await city.perform(Asking(token_hash=token_of(person), case_id=an_id(CASE), act=act, if_match=revision, key=key))
    assert city.kinds >= {kind}, city.done[-1]
