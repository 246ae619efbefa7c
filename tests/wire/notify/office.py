"""Notify's store and courier on a database, with an operator who subscribes."""

import base64
import json
import secrets
from dataclasses import dataclass
from uuid import UUID

from services.chassis.sealing import Keys, keys_in
from services.notify.domain.bodies import body_of_case
from services.notify.ports import FactKey, Message
from services.notify.store.book import PostgresBook
from services.notify.store.repeating import Repeating
from services.notify.store.subscribing import Subscribing
from services.notify.store.subscriptions import PostgresSubscriptions
from services.notify.timers import Courier
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.notify.facts import a_fact


def a_key_file() -> Keys:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return keys_in(json.dumps({"current": "k1", "keys": {"k1": key}}).encode())


BODY = body_of_case(a_fact(), "drainage", ("clerk",))


@dataclass
class Office:
    """Notify's store and courier on one database, and the operator who subscribes."""

    database: Database
    book: PostgresBook
    subscribing: Subscribing
    courier: Courier
    subscriptions: PostgresSubscriptions
    repeating: Repeating

    async def write(self, count: int, subscription_id: UUID, destination: str) -> list[Message]:
        messages = [
            Message(
                fact=FactKey(an_id(f"case-{number}"), 1),
                subscription_id=subscription_id,
                message_id=an_id(f"message-{number}"),
                destination=destination,
                body=BODY,
            )
            for number in range(count)
        ]
        await self.book.record_once([], messages)
        self.courier.wake()
        return messages

    def destination(self, subscription_id: UUID) -> str:
        """What the subscription's deliveries are counted by."""
        return self.database.run_sql(
            f"select destination from notify.subscriptions where subscription_id = '{subscription_id}'"
        )

    def clock(self) -> str:
        """Return the instant of the database's clock by which messages wait."""
        return self.database.run_sql("select clock_timestamp()")

    def told_why(self) -> bool:
        """Whether the last attempt's outcome is written down."""
        return bool(self.database.run_sql("select last_error from notify.messages where last_error is not null"))

    def states(self) -> list[str]:
        return self.database.run_sql("select state from notify.messages order by case_id").split()
