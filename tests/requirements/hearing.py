"""Who looks at a whole system, and a receiver that hears what its units are told: for scans of everything."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_network
from typing import Final
from uuid import uuid4

from services.chassis.sealing import keys_in
from services.contracts.codec import encode
from services.contracts.events import NoticeIssued
from services.ledger.domain.state import CENTER
from services.notify.channels.egress import Egress
from services.notify.store.subscribing import Subscribing
from tests.journeys.running_city import RunningCity
from tests.waiting import eventually
from tests.wire.notify.receiver import Receiver, receiving

PEOPLE: Final[Mapping[str, tuple[str, str, str]]] = {
    "the lane's clerk": ("police", "clerk", "drugs"),
    "an ordinary clerk": ("police", "clerk", "ordinary"),
    "the department": ("drainage", "clerk", "ordinary"),
    "the street": ("sub-01", "subdistrict_officer", "ordinary"),
    "the community": ("com-0101", "community_officer", "ordinary"),
    "the center": (CENTER, "center_operator", "ordinary"),
    "the leader": (CENTER, "center_leader", "ordinary"),
    "the rule owner": (CENTER, "rule_owner", "ordinary"),
}


@asynccontextmanager
async def subscribed(city: RunningCity, *units: str) -> AsyncIterator[Receiver]:
    """Let a receiver hear what the units are told."""
    keys = keys_in((city.system.state.secrets / "vault_keys").read_bytes())
    async with receiving() as receiver, Egress((ip_network("127.0.0.0/8"),)) as egress:
        subscribing, to = Subscribing(city.superuser, keys, egress.check), f"http://127.0.0.1:{receiver.port}/"
        made = [await subscribing.subscribe(unit=unit, to=to) for unit in units]

        async def greeted() -> bool:  # notify's copy of the subscriptions is a second old
            await issue(city, "hello")
            # Not at every look: of a hundred greetings the last would hold up what is to be heard.
            return await eventually(lambda: any("hello" in got.body for got in receiver.received), within_seconds=1)

        try:
            _: bool = await eventually(greeted, within_seconds=60)
            yield receiver
        finally:
            for each in made:
                await city.superuser.execute("select notify.disable($1)", each.subscription_id)


async def issue(city: RunningCity, subject: str) -> None:
    """Issue a notice to a department."""
    notice = NoticeIssued(
        event_id=uuid4(), at=city.clock.at, kind="burst", units=("drainage",), subject=subject, facts={}
    )
    await city.superuser.execute("select ledger.issue_notice($1, $2, $3)", notice.event_id, notice.at, encode(notice))


def heard(receiver: Receiver, said: str) -> bool:
    """Whether a message says it; what came instead, where none does."""
    assert any(said in got.body for got in receiver.received), (said, [got.body for got in receiver.received])
    return True
