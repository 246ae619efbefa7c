"""What a message says: ids, states and instants. No personal data, no text anybody wrote; less for sensitive lanes."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from services.contracts.codec import NAMESPACE
from services.contracts.events import CaseProgressed, NoticeIssued
from services.contracts.events.progress import Handled, ReportedIn, StepTaken, Whistle, WhistleBlown


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
        data |= _matter(event) | _details(event.what)
    else:
        data["sensitive"] = True
    return msgspec.json.encode(Body(type=f"case.{_tag(event.what)}", timestamp=event.at, data=data))


def body_of_notice(event: NoticeIssued, unit: str) -> bytes:
    """Return the message about a notice."""
    data = {"notice_id": event.event_id, "to": {"unit": unit}, "subject": event.subject, "facts": event.facts}
    return msgspec.json.encode(Body(type=f"notice.{event.kind}", timestamp=event.at, data=data))


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


def _details(what: object) -> dict[str, Any]:
    """Return what the fact adds, field by field: a reason or a measure is text a person wrote and stays inside."""
    match what:
        case StepTaken(whistle=whistle, supervision=order):
            return {
                "late_unit": what.unit or None,
                "whistle": _whistle(whistle),
                "supervision": None if order is None else {"number": order.number, "reply_by": order.reply_by},
                "proposal": what.proposal,
                "problem_ticket": what.problem_ticket,
            }
        case WhistleBlown(whistle=whistle):
            return {"whistle": _whistle(whistle)}
        case ReportedIn():
            return {"whistle_number": what.number, "unit": what.unit, "late": what.late, "all_in": what.all_in}
        case Handled(unit=unit):
            return {"unit": unit}
        case _:
            return {}


def _whistle(whistle: Whistle | None) -> dict[str, Any] | None:
    if whistle is None:
        return None
    return {
        "number": whistle.number,
        "kind": whistle.kind,
        "subdistrict": whistle.subdistrict,
        "called": [{"unit": called.unit, "due_at": called.due_at} for called in whistle.called],
    }
