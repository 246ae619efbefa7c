"""What the report page shows and sends: fields to the API's form, the API's refusals back to fields. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.intake.pages.forms import Filled

CHANNEL: Final = "one_key"
FIELDS: Final = ("text", "community", "address", "longitude", "latitude", "phone", "reply")
"""What the page gives back to who has to correct something."""
GENERAL: Final = frozenset({
    "state-secret", "too-fast", "unavailable", "idempotency-key-reused", "not-a-picture", "content-too-large",
})  # fmt: skip
"""Problems with a sentence of their own; any other is told as "did not work, try again"."""
_FIELD_OF: Final = {
    "text": "text", "point": "place", "grid": "place", "community": "place", "address": "place",
    "contact.phone": "phone", "attachments": "photo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistakes:
    """What to correct: message keys by field, and one for the whole."""

    fields: Mapping[str, str]
    general: str = ""


def form_in(filled: Filled) -> dict[str, Any]:
    """Return the API's form of a page's form."""
    form: dict[str, Any] = {"channel": CHANNEL, "text": filled["text"]}
    point = _point(filled["longitude"], filled["latitude"])
    if point is not None:
        form["point"] = point
    for name in ("community", "address"):
        if filled[name]:
            form[name] = filled[name]
    if filled["phone"]:
        reply = filled["reply"] if filled["reply"] in {"sms", "phone"} else "none"
        form["contact"] = {"phone": filled["phone"].replace(" ", ""), "reply_channel": reply}
    return form


def missing_in(form: Mapping[str, Any]) -> Mistakes | None:
    """Return what a resident forgot, before anybody is asked; None when the form may be sent."""
    fields = {}
    if not form["text"]:
        fields["text"] = "report.missing_text"
    if not form.keys() & {"point", "community", "address"}:
        fields["place"] = "report.missing_place"
    return Mistakes(fields) if fields else None


def mistakes_of(slug: str, document: Mapping[str, Any]) -> Mistakes:
    """Return a refusal in the page's words."""
    errors: Sequence[Mapping[str, str]] = document.get("errors", ())
    named = {_FIELD_OF[error["field"]] for error in errors if error.get("field") in _FIELD_OF}
    if slug == "invalid" and named:
        return Mistakes({field: f"report.wrong_{field}" for field in sorted(named)})
    return Mistakes({}, f"problem.{slug}" if slug in GENERAL else "problem.other")


def _point(longitude: str, latitude: str) -> dict[str, Any] | None:
    try:
        east, north = float(longitude), float(latitude)
    except ValueError:
        return None
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        return None
    return {"longitude": east, "latitude": north, "crs": "wgs84"}
