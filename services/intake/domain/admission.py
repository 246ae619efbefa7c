"""From a form to a report that may be accepted: checked against the city, placed, masked, put into its lane."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import Urgency
from services.contracts.events.report import Channel, Lane, Place, ReporterKind, SpecialRoute, TakenIn
from services.intake.domain.form import ATTACHMENTS_MAX, Contact, ReportForm, check_contact
from services.intake.domain.lanes import Advice, Judge, advice_in, all_accused, judged
from services.intake.domain.masking import masked, masked_address
from services.intake.domain.refusals import RefusedError
from services.intake.domain.text import ADDRESS_MAX, NAME_MAX, TEXT_MAX, clean
from services.reference.deciding.coordinates import to_wgs84

OPEN_CHANNELS: Final[frozenset[Channel]] = frozenset({"web", "one_key"})
"""Channels for which nobody needs a token."""
SPOKEN_CHANNELS: Final[frozenset[Channel]] = frozenset({"hotline", "counter"})
"""Inquiries come here too, and need no place."""
REPORTER_BY_CHANNEL: Final[Mapping[Channel, ReporterKind]] = {
    "web": "resident",
    "one_key": "resident",
    "grid_worker": "grid_worker",
    "hotline": "resident",
    "counter": "resident",
    "sensor": "device",
}
COORDINATE_DIGITS: Final = 7
"""About a centimetre."""


class City(Judge, Protocol):
    """What intake asks the reference version in force."""

    def urgency_of(self, item: str) -> Urgency | None:
        """Return how urgent an item of the catalogue is; None when there is no such item."""
        ...

    def kind_of(self, unit: str) -> str | None:
        """Return what a unit is (`grid`, `community`, `department`, …); None when it does not exist."""
        ...

    def grid_at(self, longitude: float, latitude: float) -> str | None:
        """Return the grid at a WGS-84 point; None outside the district."""
        ...

    def place_of(self, place: Place) -> Place:
        """Return the place with community and subdistrict filled in from the smallest unit it names."""
        ...

    def barred_by(self, accused: tuple[str, ...]) -> tuple[str, ...]:
        """Return the accused units with everything below them."""
        ...


class RawText(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was written, where it may not travel as it was written; for the vault."""

    text: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A report without number and instant, which it gets in its batch."""

    form: ReportForm
    reporter_kind: ReporterKind
    place: Place
    text: str | None
    lane: Lane
    route: SpecialRoute | None
    """None of a sensitive report: how it is handled is its lane's business."""
    accused: tuple[str, ...]
    barred_units: tuple[str, ...]
    """The accused with everything below them."""
    urgency: Urgency | None
    raw: RawText | None
    contact: Contact | None
    advice: Advice | None
    """For the receipt."""
    taken_in: TakenIn | None = None
    """By whom at a counter."""
    reported_by: UUID | None = None
    """Who of staff says that they solved it on the spot."""
    added_to: str | None = None
    """Number of the report that these words were added to (`separate`)."""

    @property
    def is_emergency(self) -> bool:
        """Whether nothing may hold it back: by its item, or by what was written."""
        return self.urgency == "emergency" or (self.route or "").startswith("emergency")


def admit(form: ReportForm, city: City, *, by_staff: bool) -> Admitted:
    """Return the report as it may be accepted.

    Raises:
        RefusedError: a field is unknown to the city, contradicts another, or is missing.
        StateSecretError: nothing of it may be kept.
    """
    text = clean(form.text, "text", TEXT_MAX)
    address = clean(form.address, "address", ADDRESS_MAX) if form.address else None
    verdict = judged(city, f"{text}\n{address}" if address else text, form.channel, form.item)
    if not text and form.item is None:
        raise RefusedError("text", "say what it is about, or name an item")
    if form.contact is not None:
        check_contact(form.contact, NAME_MAX)
    _check_reporter(form, by_staff=by_staff)
    urgency = _check_names(form, city)
    lane, accused = verdict.lane, all_accused(form.accused, verdict.accused)
    # A sensitive report travels without a word of what was written (domain §6.5).
    shown_text = None if lane != "ordinary" or not text else masked(text)
    shown_address = None if lane != "ordinary" or address is None else masked_address(address)
    return Admitted(
        form=form,
        reporter_kind=form.reporter_kind or REPORTER_BY_CHANNEL[form.channel],
        place=_place(form, shown_address, city),
        text=shown_text,
        lane=lane,
        route=verdict.route if lane == "ordinary" else None,
        accused=accused,
        barred_units=city.barred_by(accused) if accused else (),
        urgency=urgency,
        raw=_raw(text, shown_text, address, shown_address),
        contact=form.contact,
        advice=advice_in(city, verdict.route),
    )


def _check_reporter(form: ReportForm, *, by_staff: bool) -> None:
    if len(form.attachments) > ATTACHMENTS_MAX:
        raise RefusedError("attachments", f"at most {ATTACHMENTS_MAX}")
    if by_staff:
        return
    if form.channel not in OPEN_CHANNELS:
        raise RefusedError("channel", f"{form.channel} needs a staff token")
    if form.on_the_spot:
        raise RefusedError("on_the_spot", "needs a staff token")
    if form.reporter_kind not in {None, "resident"}:
        raise RefusedError("reporter_kind", "needs a staff token")


def _check_names(form: ReportForm, city: City) -> Urgency | None:
    if form.grid is not None and city.kind_of(form.grid) != "grid":
        raise RefusedError("grid", "no such grid")
    if form.community is not None and city.kind_of(form.community) != "community":
        raise RefusedError("community", "no such community")
    for unit in form.accused:
        if city.kind_of(unit) is None:
            raise RefusedError("accused", "no such unit")
    if form.item is None:
        return None
    urgency = city.urgency_of(form.item)
    if urgency is None:
        raise RefusedError("item", "not in the catalogue")
    return urgency


def _place(form: ReportForm, address: str | None, city: City) -> Place:
    if form.point is None:
        if not (form.grid or form.community or form.address) and form.channel not in SPOKEN_CHANNELS:
            raise RefusedError("point", "name the place: a point, a grid, a community or an address")
        return city.place_of(Place(grid=form.grid, community=form.community, address=address))
    longitude, latitude = to_wgs84(form.point.longitude, form.point.latitude, form.point.crs)
    return city.place_of(
        Place(
            longitude=round(longitude, COORDINATE_DIGITS),
            latitude=round(latitude, COORDINATE_DIGITS),
            grid=form.grid or city.grid_at(longitude, latitude),
            community=form.community,
            address=address,
        )
    )


def _raw(text: str, shown_text: str | None, address: str | None, shown_address: str | None) -> RawText | None:
    hidden_text = text if text and text != shown_text else None
    hidden_address = address if address != shown_address else None
    if hidden_text is None and hidden_address is None:
        return None
    return RawText(text=hidden_text, address=hidden_address)
