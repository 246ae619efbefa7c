"""What single scenarios look at besides the tables, when everything has healed."""

import json
from collections import Counter
from functools import partial
from typing import Any, Final

from services.ledger.domain.state import CENTER
from tests.faults.acts.listening import Watcher, times_heard
from tests.faults.ground import Ground, until

TOLD_WITHIN: Final = 120.0
AMCHECK: Final = """
    select count(bt_index_check(c.oid, false)) from pg_class c join pg_am a on a.oid = c.relam
    join pg_namespace n on n.oid = c.relnamespace
    where a.amname = 'btree' and c.relkind = 'i' and n.nspname in ('ledger', 'intake', 'notify', 'delivery')
"""
VERSIONS: Final = """
    select coalesce(json_object_agg(case_id, version), '{}')::text from ledger.cases
    where closed_at is null and duplicate_of is null and lane = 'ordinary'
"""
FOREIGN: Final = "select count(*) from ledger.cases where case_id = any($1::uuid[]) and not $2 = any(units)"
WAITING: Final = (
    "select exists (select from notify.messages where recipient = any($1) and state in ('pending', 'failed'))"
)
SENT: Final = """
    select coalesce(array_agg(message_id::text), '{}') from notify.messages where recipient = any($1) and state = 'sent'
"""
GIVEN_UP: Final = "select count(*) from notify.messages where recipient = any($1) and state in ('failed', 'dead')"


async def accepted_all_the_time(ground: Ground) -> None:
    """Intake needs no Kafka: not one report was refused meanwhile."""
    assert ground.load is not None
    assert 201 in ground.load.history.answers
    assert ground.load.history.odd_while_it_ran() == []


async def no_page_is_broken(ground: Ground) -> None:
    """Every index agrees with its table."""
    async with ground.superuser() as connection:
        await connection.execute("create extension if not exists amcheck")
        assert await connection.fetchval(AMCHECK) > 0


async def sessions_were_ended(ground: Ground) -> None:
    """The fault was felt."""
    assert ground.seen["ended"] > 10


async def connections_broke(ground: Ground) -> None:
    """The fault was felt."""
    assert sum(wire.cuts for wire in ground.wires.values()) > ground.seen["cuts"]


async def nobody_waited_for_ever(ground: Ground) -> None:
    """Every request had an answer within the client's four seconds: 201, or 503 with Retry-After."""
    assert ground.load is not None
    assert not ground.load.history.broken, ground.load.history.broken[:5]
    assert 503 in ground.load.history.answers


async def was_refused_and_told_when_to_come_again(ground: Ground) -> None:
    """Residents saw 503 meanwhile: the fault was felt."""
    assert ground.load is not None
    history = ground.load.history
    assert 503 in history.answers, (Counter(history.answers), history.broken[:5])


async def no_error_at_the_doors(ground: Ground) -> None:
    """Nobody saw anything but 201 and 503 with Retry-After; what found one door shut went to the other."""
    assert ground.load is not None
    assert ground.load.history.broken[:5] == []
    assert set(ground.load.history.answers) <= {0, 201, 503}


async def the_clock_was_stopped(ground: Ground) -> None:
    """Settling stopped by itself, and said why."""
    assert "clock moved" in ground.seen["stopped"]


async def was_ended_by_the_watchdog(ground: Ground, name: str) -> None:
    """The process did not heal by itself: it was ended and started again."""
    assert ground.system.restarts(name) > ground.seen[f"restarts of {name}"]


async def the_worker_stopped(ground: Ground) -> None:
    """So much bad data ended the worker before anybody decided."""
    assert ground.seen["unready"]


async def others_were_told(ground: Ground) -> None:
    """One receiver that answers badly holds up no other, and its messages are visibly not delivered."""
    await _all_sent(ground, "good")
    for kind in ("wrong", "silent"):
        assert await ground.ask(GIVEN_UP, [str(one) for one in ground.seen[kind][1]]) > 0


async def came_again_with_the_same_id(ground: Ground) -> None:
    """A message that was received, but not written down, comes again under its id."""
    heard = await _all_sent(ground, "fatal")
    assert max(heard.values()) > 1


async def _all_sent(ground: Ground, kind: str) -> Any:
    receiver, subscribed = ground.seen[kind]
    recipients = [str(one) for one in subscribed]

    async def none_waits() -> bool:
        return not await ground.ask(WAITING, recipients)

    await until(none_waits, TOLD_WITHIN)
    sent = set(await ground.ask(SENT, recipients))
    heard = times_heard(receiver)
    assert sent
    assert sent == set(heard)
    return heard


async def the_board_is_whole(ground: Ground) -> None:
    """After every break each watcher has come to know what the tables say, and nothing of others."""
    for watcher in ground.seen["watching"]:
        assert watcher.hellos > 1, f"{watcher.unit} was greeted {watcher.hellos} times, knows {len(watcher.versions)}"
        if watcher.unit == CENTER:
            await until(partial(_knows, ground, watcher), TOLD_WITHIN)
        else:
            assert not await ground.ask(FOREIGN, list(watcher.versions), watcher.unit)


async def _knows(ground: Ground, watcher: Watcher) -> bool:
    known = json.loads(await ground.ask(VERSIONS))
    return all(watcher.versions.get(case) == version for case, version in known.items())
