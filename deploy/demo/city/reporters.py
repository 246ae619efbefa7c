"""Who reports, from where, and what they send: as each channel does it."""

from typing import Any

from deploy.demo.city.people import People
from deploy.demo.reports import DemoReport


def address_of(serial: int) -> str:
    """Return the address a simulated reporter comes from: everybody has their own."""
    return f"10.{serial >> 16 & 255}.{serial >> 8 & 255}.{serial & 255}"


def form_of(report: DemoReport) -> dict[str, Any]:
    """Return the body of `POST /api/v1/reports` as this reporter's channel sends it."""
    place = report.place
    form: dict[str, Any] = {"text": report.text, "channel": report.channel, "reporter_kind": report.reporter_kind}
    if place.longitude is not None and place.latitude is not None:
        form["point"] = {"longitude": place.longitude, "latitude": place.latitude, "crs": "wgs84"}
    for name in ("grid", "community", "address"):
        if getattr(place, name) is not None:
            form[name] = getattr(place, name)
    if report.item is not None:
        form["item"] = report.item
    if report.accused:
        form["accused"] = list(report.accused)
    if report.phone is not None:
        form["contact"] = {"phone": report.phone, "reply_channel": "sms"}
    return form


def token_of_reporter(report: DemoReport, people: People) -> str | None:
    """Return who hands the report in. Residents are anonymous; every other channel has somebody who answers for it."""
    if report.channel in ("web", "one_key"):
        return None
    if report.channel == "grid_worker":
        return people.token(report.grid, "grid_worker")
    return people.token("district_command_center", "center_operator")
