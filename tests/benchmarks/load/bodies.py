"""The reports that are sent: the demo's sentences and places as channel web, with a mark where each becomes unique."""

import itertools
import os
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from deploy.demo.city.reporters import form_of
from deploy.demo.district import sample_district
from deploy.demo.reports import Week

SEED: Final = 7
COUNT: Final = 2_000
UNIQUE: Final = "@@"
"""Replaced by the sender, so that no two bodies are alike."""
ITEM_IN_TEN: Final = 6
_sendings: Final = itertools.count(1)
LEAVES: Final = ("text", "point", "grid", "community", "address", "contact")


def bodies(count: int = COUNT) -> list[str]:
    """Return bodies of `POST /api/v1/reports`: 60 % name an item, 40 % only words; every second has a contact."""
    return [msgspec.json.encode(form).decode() for form in forms(count)]


def never_sent(bodies: Sequence[str]) -> list[str]:
    """Return bodies whose words no earlier sending had: who says the same again joins a case and opens none (X-11)."""
    # Letters: a long number would look like a telephone to be masked.
    mark = "".join(chr(97 + int(digit)) for digit in f"{os.getpid():07}{next(_sendings):04}")
    return [body.replace(UNIQUE, mark + UNIQUE) for body in bodies]


def forms(count: int) -> Iterator[dict[str, Any]]:
    """Give the forms of `bodies`."""
    ordinary = (report for report in Week(sample_district(), SEED).reports(4 * count) if report.flavour == "ordinary")
    for number, report in zip(range(count), ordinary, strict=False):
        told = form_of(report)
        form: dict[str, Any] = {name: told[name] for name in LEAVES if name in told}
        form |= {"text": f"{report.text}（{UNIQUE}）", "channel": "web"}
        if number % 10 < ITEM_IN_TEN:
            form["item"] = report.about
        form.pop("contact", None)
        if number % 2:
            form["contact"] = {"phone": f"139{10_000_000 + number}", "reply_channel": "sms"}
        yield form
