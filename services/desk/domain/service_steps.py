"""The five steps of a grid's service (走、议、办、回、评): gone there, talked, done, answered, rated (S3-02). Pure."""

from datetime import datetime
from typing import Literal

import msgspec

from services.ledger.domain.state import CaseDocument

StepName = Literal["gone_there", "talked", "done", "answered", "rated"]


class ServiceStep(msgspec.Struct, frozen=True, kw_only=True):
    """One of the five, and whether it was taken; `at` where the instant is known."""

    name: StepName
    taken: bool
    at: datetime | None = None


def service_steps_of(document: CaseDocument) -> tuple[ServiceStep, ...]:
    """Return the five steps of a case of grid tier; none of any other."""
    row, reply = document.case, document.case.answer
    if row.tier != "G":
        return ()
    went = min((part.signed_in_at for part in document.assignments if part.signed_in_at), default=row.handled_at)
    asked = [clock for clock in document.clocks if clock.kind == "follow_up"]
    rated_at = asked[-1].stopped_at if asked else None
    return (
        ServiceStep(name="gone_there", taken=went is not None, at=went),
        ServiceStep(name="talked", taken=bool(reply and reply.talked_with)),
        ServiceStep(name="done", taken=row.handled_at is not None, at=row.handled_at),
        ServiceStep(name="answered", taken=reply is not None),
        ServiceStep(name="rated", taken=rated_at is not None, at=rated_at),
    )
