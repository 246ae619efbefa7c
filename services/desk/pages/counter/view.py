"""What the counter's form sends to intake, and what intake answers as the page shows it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec

FIELDS: Final = (
    "text", "community", "address", "item", "accused", "name", "phone", "reply", "paper", "reported_on",
)  # fmt: skip
"""What the page gives back to who has to correct something."""
GENERAL: Final = frozenset({"state-secret", "too-fast", "unavailable", "idempotency-key-reused", "token"})
_FIELD_OF: Final = {
    "text": "text", "point": "community", "community": "community", "address": "address", "item": "item",
    "accused": "accused", "contact.phone": "phone", "contact.name": "name", "paper": "paper",
    "reported_on": "reported_on",
}  # fmt: skip


class Mistakes(msgspec.Struct, frozen=True):
    """What to correct: message keys by field, and one for the whole."""

    fields: Mapping[str, str] = {}
    general: str = ""


class Advice(msgspec.Struct, frozen=True):
    zh: str
    en: str


class Slip(msgspec.Struct, frozen=True):
    """Intake's receipt."""

    number: str
    tracking_code: str
    accepted_at: datetime
    advice: Advice | None = None


class Standing(msgspec.Struct, frozen=True):
    """Where the case of a paper stands, in the words a reporter may read."""

    state: str
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    promise_due_at: datetime | None = None
    lead: str | None = None
    measure: str | None = None
    done_by: str | None = None


class Followed(msgspec.Struct, frozen=True):
    """Intake's answer about a paper."""

    number: str
    accepted_at: datetime
    progress: Standing


def report_in(filled: Callable[[str], str], item_named: Callable[[str], str]) -> dict[str, Any]:
    """Return intake's form of what was filled in; an item may be named by its code or in words."""
    form: dict[str, Any] = {"channel": "counter", "text": filled("text")}
    for name in ("community", "address", "paper", "reported_on"):
        if filled(name):
            form[name] = filled(name)
    if filled("item"):
        form["item"] = item_named(filled("item"))
    if filled("accused"):
        form["accused"] = [filled("accused")]
    contact = {name: filled(name) for name in ("name",) if filled(name)}
    if filled("phone"):
        reply = filled("reply") if filled("reply") in {"sms", "phone"} else "none"
        contact |= {"phone": filled("phone").replace(" ", ""), "reply_channel": reply}
    return form | ({"contact": contact} if contact else {})


def missing_in(form: Mapping[str, Any]) -> Mistakes | None:
    """Return what was forgotten, before anybody is asked; None when the form may be sent."""
    fields = {}
    if not form["text"]:
        fields["text"] = "counter.missing.text"
    if not form.keys() & {"community", "address"}:
        fields["community"] = "counter.missing.place"
    if ("paper" in form) != ("reported_on" in form):
        fields["paper" if "reported_on" in form else "reported_on"] = "counter.missing.paper"
    elif "reported_on" in form and not _is_day(form["reported_on"]):
        fields["reported_on"] = "counter.wrong.reported_on"
    return Mistakes(fields) if fields else None


def mistakes_of(slug: str, document: Mapping[str, Any]) -> Mistakes:
    """Return a refusal in the page's words."""
    errors: Sequence[Mapping[str, str]] = document.get("errors", ())
    named = {_FIELD_OF[error["field"]] for error in errors if error.get("field") in _FIELD_OF}
    if slug == "invalid" and named:
        return Mistakes({field: f"counter.wrong.{field}" for field in sorted(named)})
    return Mistakes(general=f"counter.refused.{slug}" if slug in GENERAL else "counter.refused.other")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
