"""Whether a new report only says again what the same person reported before: no new words, no other place (X-11)."""

import math
import re
from hashlib import blake2b
from typing import Final
from unicodedata import normalize

from services.contracts.events.report import Place, ReportFacts
from services.intake.domain.admission import Admitted
from services.intake.domain.form import Contact

SAME_SPOT_M: Final = 50.0
"""Two positions of a phone at one place; two lamps of one street stand further apart or are told by their address."""
MARK_BYTES: Final = 8
_SIGNS: Final = re.compile(r"[\W_]+")
_METRES_A_DEGREE: Final = 111_195.0


def said(text: str) -> str:
    """Return what is compared of words: a mark more or less is no new fact."""
    return normalize("NFKC", _SIGNS.sub("", text)).casefold()


def repeat_mark(admitted: Admitted, key: bytes) -> int | None:
    """Return 64 bits over who reports and what they say: enough to find the same again, too little to read.

    None where nothing can be a repeat: nobody who can be answered, no words, a picture (it may show what is new), what
    was solved already, or an emergency, which opens a case however often it is reported.
    """
    form = admitted.form
    if admitted.contact is None or not form.text or form.attachments or form.on_the_spot or admitted.is_emergency:
        return None
    who = _address_of(admitted.contact)
    if not who:
        return None
    mac = blake2b(f"{who}/{said(form.text)}".encode(), digest_size=MARK_BYTES, key=key, person=b"repeat")
    return int.from_bytes(mac.digest(), signed=True)


def is_repeat(earlier: ReportFacts, now: Admitted) -> bool:
    """Whether a report of the same mark is about the same: lane, item, who is accused, and place."""
    return (
        earlier.lane == now.lane
        and earlier.item == now.form.item
        and set(earlier.accused) == set(now.accused)
        and not earlier.on_the_spot
        and _is_one_place(earlier.place, now.place)
    )


def _address_of(contact: Contact) -> str:
    if contact.phone:
        return contact.phone.replace("-", "")
    return contact.openid or (contact.mail or "").casefold()


def _is_one_place(one: Place, other: Place) -> bool:
    # What the system merges by itself lies within one grid (S4-03); of two that name no point the grid is all there is.
    if (one.grid, one.community, one.address) != (other.grid, other.community, other.address):
        return False
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        # One that names a point says more than one that does not.
        return one.longitude is other.longitude
    north = other.latitude - one.latitude
    east = (other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return _METRES_A_DEGREE * math.hypot(north, east) <= SAME_SPOT_M
