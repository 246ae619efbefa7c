"""What residents and grid workers say: a report, and what they add to it later."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from services.contracts.events.event import Event

Lane = Literal["ordinary", "stability", "drugs", "petition", "discipline"]
Channel = Literal["web", "one_key", "grid_worker", "hotline", "counter", "sensor"]
ReporterKind = Literal["resident", "grid_worker", "operator", "device"]
FollowUpKind = Literal["facts", "photo", "withdrawal", "rating"]
SpecialRoute = Literal[
    "emergency_110", "emergency_119", "emergency_120", "emergency_122",
    "statutory_channel", "secret_or_private", "outside_government", "unlawful_or_immoral",
]  # fmt: skip
"""What is not handled as a matter of the district (Beijing regulation, Art 11); a repeat joins the case it is about."""


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where it is. A point is WGS-84, in degrees; units are permanent ids."""

    longitude: float | None = None
    latitude: float | None = None
    grid: str | None = None
    community: str | None = None
    subdistrict: str | None = None
    address: str | None = None
    """Masked text."""


class TakenIn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who took the report in for a resident at a counter, as of then; and the paper it was written on."""

    person: UUID
    unit: str
    role: str
    paper: str | None = None
    """The paper's number, one of its kind in the unit."""
    reported_on: date | None = None
    """The paper's date: when it was reported. Every limit runs from the acceptance."""


class ReportFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about a report that may leave intake: no contact, no raw text."""

    report_id: UUID
    case_id: UUID
    """Equals the report id: every report may open a case of its own."""
    number: str
    """Speakable: date, serial, check digit."""
    accepted_at: datetime
    channel: Channel
    reporter_kind: ReporterKind
    has_contact: bool = False
    place: Place = Place()
    item: str | None = None
    """Catalogue code, if the reporter named one."""
    text: str | None = None
    """Masked; absent for sensitive lanes."""
    lane: Lane = "ordinary"
    accused: tuple[str, ...] = ()
    """Units the report complains about; none of them may ever see it."""
    route: SpecialRoute | None = None
    """Decided at intake; never of a sensitive lane."""
    on_the_spot: bool = False
    reported_by: UUID | None = None
    """The person of staff who reported it as solved on the spot, and so does not look at it (X-08)."""
    attachments: tuple[UUID, ...] = ()
    taken_in: TakenIn | None = None
    added_to: str | None = None
    """Number of the report whose reporter added this: words that may not reach that one's case."""
    repeats: UUID | None = None
    """An earlier report of the same person in the same words about the same place (X-11)."""


class ReportReceived(Event, frozen=True, kw_only=True):
    """A report was accepted and committed."""

    TYPE: ClassVar[str] = "report.received.v1"
    SOURCE: ClassVar[str] = "intake"

    report: ReportFacts

    @property
    def key(self) -> UUID:
        return self.report.case_id

    @property
    def happened_at(self) -> datetime:
        return self.report.accepted_at


class ReportFollowedUp(Event, frozen=True, kw_only=True):
    """A resident added facts, a photo, a withdrawal or a rating to a report. `event_id` is the follow-up's id."""

    TYPE: ClassVar[str] = "report.followed_up.v1"
    SOURCE: ClassVar[str] = "intake"

    report_id: UUID
    case_id: UUID
    at: datetime
    kind: FollowUpKind
    text: str | None = None
    rating: int | None = None
    """1 (very dissatisfied) to 5 (very satisfied)."""
    attachments: tuple[UUID, ...] = ()

    @property
    def key(self) -> UUID:
        return self.case_id

    @property
    def happened_at(self) -> datetime:
        return self.at
