"""Cases told as their facts on the bus, and what the appraisal keeps of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import msgspec

from services.appraisal.domain.glance import FactGlance
from services.appraisal.domain.kept import Body, KeptFact
from services.appraisal.domain.record import Record, folded
from services.appraisal.handlers import row_of
from services.appraisal.ports import Row
from services.chassis.delivery.batch import Delivered
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed, ClockSnapshot, Place, ReportRef
from services.contracts.events.life import ExclusionReviewed, FollowUpAnswer, FollowUpCalled, Reopened
from services.contracts.events.progress import Closed, Dispatched, FollowedUp, Handled, ReworkOrdered, What
from tests.builders import an_id
from tests.unit.notify.facts import LIMITS, OPENED, a_fact


@dataclass(frozen=True)
class Record1:
    """What of a Kafka record the handler reads."""

    value: bytes


@dataclass
class Story:
    """A case in the making; every step is a fact with the next version."""

    name: str
    opened_at: datetime
    due_at: datetime
    lead: str = "drainage"
    subdistrict: str = "sub-01"
    changes: dict[str, Any] = field(default_factory=dict)
    events: list[CaseProgressed] = field(default_factory=list)
    promise: int = 1

    def __post_init__(self) -> None:
        self.then(OPENED, self.opened_at)

    def then(self, what: What, at: datetime, **changes: Any) -> Self:
        version = len(self.events) + 1
        event = a_fact(
            what,
            self.name,
            version,
            at=at,
            accepted_at=self.opened_at,
            number=f"20260302-1-{self.name}",
            lead=self.lead,
            place=Place(community=f"com-of-{self.subdistrict}", subdistrict=self.subdistrict),
            clocks=(ClockSnapshot("promise", "", self.promise, self.opened_at, self.due_at),),
        )
        self.events.append(msgspec.structs.replace(event, **self.changes, **changes))
        return self

    def handled(self, at: datetime) -> Self:
        return self.then(Handled(self.lead, "周一", "报告人", "已清掏", "二组"), at)

    def closed(self, at: datetime) -> Self:
        return self.then(Closed(on_time=at <= self.due_at), at)

    def sent_back(self, at: datetime, times: int = 1) -> Self:
        return self.then(ReworkOrdered("未修好", times), at)

    def called(self, at: datetime, answer: FollowUpAnswer) -> Self:
        return self.then(FollowUpCalled(answer), at)

    def rated(self, at: datetime, rating: int) -> Self:
        return self.then(FollowedUp(an_id(f"{self.name} rates"), "rating", rating), at)

    def left_out(self, at: datetime) -> Self:
        self.then(ExclusionReviewed(granted=True, reason="不可抗力"), at)
        return self.then(ExclusionReviewed(granted=True, reason="不可抗力", excluded=True), at)

    def begun_again(self, at: datetime, due_at: datetime) -> Self:
        self.then(Reopened("unsatisfied", "仍在冒水"), at)
        self.promise, self.due_at = self.promise + 1, due_at
        return self.then(Dispatched(self.lead, OPENED.because, LIMITS, by_hand=True), at)

    def without_contact(self) -> Self:
        self.changes["reports"] = (ReportRef(an_id(self.name), "one_key"),)
        self.events = [msgspec.structs.replace(event, **self.changes) for event in self.events]
        return self

    def facts(self) -> list[KeptFact]:
        return [kept_fact(row_from(event)) for event in self.events]

    def record(self, until: datetime) -> Record | None:
        return folded(self.facts(), until)


def row_from(event: CaseProgressed) -> Row:
    """Return the row that the handler makes of the event's bytes."""
    value = encode(event)
    return row_of(Delivered(decode(value, FactGlance), Record1(value)))


def kept_fact(row: Row) -> KeptFact:
    body = None if row.body is None else msgspec.json.decode(row.body, type=Body)
    return KeptFact(case_id=row.case_id, version=row.version, at=row.at, what=row.what, body=body)
