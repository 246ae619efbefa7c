"""`whistle subscription test|replay`: messages that an operator asks for."""

import asyncio
import time
from datetime import datetime
from typing import Final, cast
from uuid import UUID, uuid4

import msgspec

from services.chassis.postgres import Pool
from services.notify.store.repeating import Repeating, Standing
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer

POLL_SECONDS: Final = 0.25


async def test_of(subscription: UUID, wait: float) -> Answer:
    """Write a test message and wait for what becomes of it."""
    test_id = uuid4()
    async with as_operator() as connection:
        repeating = Repeating(cast("Pool", connection))
        async with connection.transaction():
            at = await connection.fetchval("select clock_timestamp()")
            if not await repeating.send_test(subscription, test_id, at):
                raise RefusedError(f"no active subscription {subscription}")
            await note(connection, "test message sent", str(subscription), {"test_id": str(test_id)})
        standing = await _outcome(repeating, test_id, wait)
    told = {"test_id": test_id, **msgspec.structs.asdict(standing)}
    match standing:
        case Standing(state="sent"):
            return Answer(told, ["delivered"])
        case Standing(state="pending", last_error=None):
            return Answer(told, ["not tried yet; is notify running?"], failed=True)
        case _:
            again = f"; again at {standing.next_at:%H:%M:%S}" if standing.next_at else ""
            return Answer(told, [f"{standing.state}: {standing.last_error}{again}"], failed=True)


async def _outcome(repeating: Repeating, test_id: UUID, wait: float) -> Standing:
    """Return how the message stands when it was delivered or refused, or when the time is over."""
    ends = time.monotonic() + wait
    while True:
        standing = await repeating.outcome_of(test_id)
        if standing is None:
            raise RefusedError(f"no message {test_id}")
        if standing.state in {"sent", "dead", "failed"} or time.monotonic() > ends:
            return standing
        await asyncio.sleep(POLL_SECONDS)


async def replay_of(subscription: UUID, since: datetime, until: datetime | None) -> Answer:
    """Make what was delivered in a stretch of time due again."""
    async with as_operator() as connection, connection.transaction():
        end = until.astimezone() if until else await connection.fetchval("select clock_timestamp()")
        count = await Repeating(cast("Pool", connection)).replay(subscription, since.astimezone(), end)
        await note(connection, "messages replayed", str(subscription), {"messages": count})
    return Answer({"replayed": count}, [f"{count} messages will be sent again"])
