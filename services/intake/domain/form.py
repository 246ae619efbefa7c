"""The form: what a client may send, field by field. Anything else in the body is refused, not ignored."""

import re
from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from services.contracts.events.report import Channel, FollowUpKind, ReporterKind
from services.intake.domain.refusals import RefusedError
from services.reference.deciding.coordinates import Crs

ATTACHMENTS_MAX: Final = 20
ACCUSED_MAX: Final = 5
REPLY_CHANNELS = Literal["none", "sms", "phone", "wechat", "mail"]

UnitId = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]

_PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", re.ASCII)
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){1,5}")
_OPENID: Final = re.compile(r"[A-Za-z0-9_-]{6,64}", re.ASCII)
_REACHED_BY: Final = {"sms": "phone", "phone": "phone", "wechat": "openid", "mail": "mail"}


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point in degrees, in the system the client's map uses."""

    longitude: Longitude
    latitude: Latitude
    crs: Crs = "wgs84"


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who reported and how to answer; goes to the vault and nowhere else."""

    phone: str | None = None
    openid: str | None = None
    mail: str | None = None
    name: str | None = None
    reply_channel: REPLY_CHANNELS = "none"


class ReportForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /api/v1/reports`, and of each line of `reports:batch`."""

    text: str = ""
    point: Point | None = None
    grid: UnitId | None = None
    community: UnitId | None = None
    address: str | None = None
    item: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    accused: Annotated[tuple[UnitId, ...], msgspec.Meta(max_length=ACCUSED_MAX)] = ()
    on_the_spot: bool = False
    attachments: tuple[UUID, ...] = ()
    contact: Contact | None = None
    channel: Channel = "web"
    reporter_kind: ReporterKind | None = None
    paper: Annotated[str, msgspec.Meta(min_length=1, max_length=40)] | None = None
    """Number of the paper that a counter took it in on; entered again, it is the same report."""
    reported_on: date | None = None
    """The paper's date."""


class BatchLine(ReportForm, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of a bulk import: a report and its own key, with which the line may be sent again."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] = msgspec.field(name="idempotency_key")


class FollowUpForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST …/followups`."""

    kind: FollowUpKind
    text: str = ""
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    attachments: tuple[UUID, ...] = ()


class PhoneTail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /api/v1/reports:find`: a number and the last four digits of the phone left with it."""

    number: Annotated[str, msgspec.Meta(max_length=40)]
    phone_tail: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$")]


def check_contact(contact: Contact, name_max: int) -> None:
    """Raise RefusedError for a contact nobody could be reached by."""
    for field, form, value in (
        ("phone", _PHONE, contact.phone),
        ("openid", _OPENID, contact.openid),
        ("mail", _MAIL, contact.mail),
    ):
        if value is not None and form.fullmatch(value) is None:
            raise RefusedError(f"contact.{field}", "not of the usual form")
    if contact.name is not None and len(contact.name) > name_max:
        raise RefusedError("contact.name", f"at most {name_max} characters")
    needed = _REACHED_BY.get(contact.reply_channel)
    if needed is not None and getattr(contact, needed) is None:
        raise RefusedError(f"contact.{needed}", f"needed for a reply by {contact.reply_channel}")
