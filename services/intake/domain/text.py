"""Free text at the edge: normalised, limited, and free of what databases and terminals choke on."""

import re
from typing import Final
from unicodedata import is_normalized, normalize

from services.intake.domain.refusals import RefusedError

TEXT_MAX: Final = 5_000
"""Code points; the longest petition of the sample is below 2,000."""
ADDRESS_MAX: Final = 300
NAME_MAX: Final = 60

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_SECRECY: Final = re.compile(r"(?:绝密|机密|秘密)\s*★|国家秘密(?!法|宣传)")
"""The mark every classified document bears, and the words themselves; other words stand in the city's lexicon."""


def clean(text: str, field: str, length_max: int) -> str:
    """Return the text in NFC without blanks around it.

    Raises:
        RefusedError: longer than `length_max` code points, or with control characters.
    """
    text = text.strip()
    if len(text) > length_max:
        raise RefusedError(field, f"at most {length_max} characters")
    if _CONTROL.search(text):
        raise RefusedError(field, "control characters are not allowed")
    # A canonical composition may grow a text a few times over; ASCII and CJK never do.
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
        if len(text) > length_max:
            raise RefusedError(field, f"at most {length_max} characters")
    return text


def bears_secrecy_mark(text: str) -> bool:
    """Whether a text bears a secrecy mark; the caller keeps no copy."""
    return _SECRECY.search(text) is not None
