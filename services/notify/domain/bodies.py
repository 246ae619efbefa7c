"""What a message says: ids, states and instants. No personal data, no text anybody wrote; less for sensitive lanes."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec

from services.contracts.codec import NAMESPACE
from services.contracts.events import CaseProgressed, NoticeIssued
from services.contracts.events.progress import StepTaken
from services.notify.domain.details import details_of

TEST: Final = "test"


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The JSON of a webhook, as Standard Webhooks has it: type, timestamp, data."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


def message_id_of(event_id: UUID, subscription_id: UUID) -> UUID:
    """Return the id a receiver drops repeats by: the same for every delivery of one fact to one subscription."""
    return uuid5(NAMESPACE, f"{event_id}/{subscription_id}")


def body_of_case(event: CaseProgressed, unit: str, roles: tuple[str, ...]) -> bytes:
    """Return the message about a case for `unit`; roles say whom in it the fact concerns.

    Of a case in a sensitive lane it names the case and what happened, nothing about the matter (domain §6.5).
    """
    data: dict[str, Any] = {
        "case_id": event.case_id,
        "number": event.number,
        "version": event.version,
        "to": {"unit": unit, "roles": roles},
        "state": event.state,
        **_step(event.what),
    }
    if event.lane == "ordinary":
        data |= _matter(event) | details_of(event.what)
    else:
        data["sensitive"] = True
    return msgspec.json.encode(Body(type=f"case.{_tag(event.what)}", timestamp=event.at, data=data))


def body_of_notice(event: NoticeIssued, unit: str) -> bytes:
    """Return the message about a notice."""
    to = {"unit": unit} if event.person is None else {"unit": unit, "person": event.person}
    data = {"notice_id": event.event_id, "to": to, "subject": event.subject, "facts": event.facts}
    return msgspec.json.encode(Body(type=f"notice.{event.kind}", timestamp=event.at, data=data))


def body_of_test(test_id: UUID, unit: str, at: datetime) -> bytes:
    """Return the message that shows that a subscription works."""
    return msgspec.json.encode(Body(type=TEST, timestamp=at, data={"test_id": test_id, "to": {"unit": unit}}))


def _tag(what: msgspec.Struct) -> str:
    return str(what.__struct_config__.tag)


def _matter(event: CaseProgressed) -> dict[str, Any]:
    running = [clock for clock in event.clocks if clock.stopped_at is None and clock.kind in {"promise", "handling"}]
    return {
        "item": event.item,
        "urgency": event.urgency,
        "subdistrict": event.place.subdistrict,
        "lead": event.lead,
        "cooperating": event.cooperating,
        "due": {f"{clock.kind}:{clock.unit}".rstrip(":"): clock.due_at for clock in running},
    }


def _step(what: object) -> dict[str, Any]:
    if not isinstance(what, StepTaken):
        return {}
    return {"step": what.step, "clock": what.clock, "card": what.card, "owed_at": what.owed_at}
