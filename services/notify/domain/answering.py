"""What reporters are told of their own report, and when: accepted, in work, put off, done; each once (S4-02).

Nothing of it is about anybody else: no case but their own number, no text a person wrote, no name.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Literal
from uuid import UUID, uuid5

import msgspec

from services.contracts.codec import NAMESPACE
from services.contracts.events.life import Extended, HandedOver, Rejected, ResolvedOnSpot, Suspended, Terminated
from services.contracts.events.merging import ReportJoined
from services.contracts.events.progress import (
    CaseProgressed,
    Closed,
    Handled,
    Opened,
    ReportRef,
    ReworkOrdered,
    SignedIn,
    StepTaken,
)
from services.notify.domain.bodies import Body

AnswerKind = Literal["accepted", "progress", "delayed", "result"]
WAITING: Final = frozenset({"dispatched", "consulting", "reopened"})
"""Nobody works on it yet."""
OPEN_ONLY: Final = frozenset({"accepted", "progress", "delayed"})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell one reporter. `cycle` counts the promises of the case."""

    report_id: UUID
    kind: AnswerKind
    cycle: int
    case_id: UUID
    version: int
    message_id: UUID
    body: bytes


Saying = Callable[[CaseProgressed, Any], "tuple[AnswerKind, str] | None"]
"""The kind of answer and the phrase it is told in; None where the fact is no news to its reporters."""


def answers_of(event: CaseProgressed) -> Iterator[Answer]:
    """Give what a fact tells the reporters who left a contact."""
    say = SAYING.get(type(event.what))
    said = None if say is None else say(event, event.what)
    if said is None:
        return
    kind, phrase = said
    cycle = max((clock.cycle for clock in event.clocks if clock.kind == "promise"), default=1)
    for report in _told(event):
        name = f"{report.report_id}/{kind}/{cycle}"
        yield Answer(
            report_id=report.report_id,
            kind=kind,
            cycle=cycle,
            case_id=event.case_id,
            version=event.version,
            message_id=uuid5(NAMESPACE, name),
            body=_body(event, report, kind, phrase),
        )


def _told(event: CaseProgressed) -> Iterator[ReportRef]:
    joined = event.what.report_id if isinstance(event.what, ReportJoined) else None
    return (one for one in event.reports if one.has_contact and joined in {None, one.report_id})


def _body(event: CaseProgressed, report: ReportRef, kind: AnswerKind, phrase: str) -> bytes:
    data: dict[str, Any] = {"number": report.number or event.number, "kind": kind}
    running = [clock.due_at for clock in event.clocks if clock.kind == "promise" and clock.stopped_at is None]
    if kind in OPEN_ONLY and running:
        data["due"] = {"promise": max(running)}
    if event.lane == "ordinary" and kind in OPEN_ONLY:
        data["lead"] = event.lead
    return msgspec.json.encode(Body(type=f"answer.{phrase}", timestamp=event.at, data=data))


def _opened(_: CaseProgressed, what: Opened) -> tuple[AnswerKind, str] | None:
    return None if what.repeats else ("accepted", "accepted")


def _at_work(_: CaseProgressed, __: object) -> tuple[AnswerKind, str]:
    return "progress", "progress"


def _signed_in(event: CaseProgressed, what: SignedIn) -> tuple[AnswerKind, str] | None:
    return ("progress", "progress") if what.unit == event.lead else None


def _joined(event: CaseProgressed, what: ReportJoined) -> tuple[AnswerKind, str] | None:
    if event.state not in WAITING:
        return "progress", "progress"
    return ("accepted", "known") if what.repeats else None


def _late(_: CaseProgressed, what: StepTaken) -> tuple[AnswerKind, str] | None:
    return ("delayed", "delayed") if (what.clock, what.step) == ("promise", "limit") else None


def _put_off(_: CaseProgressed, __: Extended | Suspended) -> tuple[AnswerKind, str]:
    return "delayed", "delayed"


def _ended(phrase: str) -> Saying:
    return lambda _, __: ("result", phrase)


SAYING: Final[dict[type, Saying]] = {
    Opened: _opened,
    SignedIn: _signed_in,
    ReportJoined: _joined,
    StepTaken: _late,
    Extended: _put_off,
    Suspended: _put_off,
    # Whoever handles without signing in, or does it again, is at work too.
    ResolvedOnSpot: _at_work,
    Handled: _at_work,
    ReworkOrdered: _at_work,
    Closed: _ended("done"),
    Rejected: _ended("not_accepted"),
    HandedOver: _ended("handed_over"),
    Terminated: _ended("ended"),
}
ANSWERED: Final = frozenset(str(what.__struct_config__.tag) for what in SAYING)  # type: ignore[attr-defined]
"""Tags of facts that are worth reading in full for reporters' sake."""
