"""Personal data out of free text: phones, identity numbers, plates and mail addresses (domain §6.5).

`138****5678`, the first six and last four of an identity number, the building of an address. What a pattern cannot
know, such as a name, stays: text is shown only to those who work on the case.
"""

import re
from typing import Final

_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SUSPICIOUS: Final = re.compile(rf"\d[\d \-]{{5}}|@|＠|[{_PROVINCES}] ?[A-Za-z]|[０-９Ａ-Ｚａ-ｚ]{{4}}")
"""Most reports hold nothing of the kind; one pass tells."""
_NARROW: Final = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), 0xFF20)}
_IDENTITY: Final = re.compile(r"(?<!\d)(\d{6})(\d{8})(\d{3}[\dXx])(?!\d)")
_MOBILE: Final = re.compile(r"(?<!\d)((?:86[ \-]?)?1[3-9]\d)[ \-]?\d{4}[ \-]?(\d{4})(?!\d)")
_LANDLINE: Final = re.compile(r"(?<!\d)(0\d{2,3})([ \-]?)(\d{3,4})(\d{4})(?!\d)")
_PLATE: Final = re.compile(
    rf"([{_PROVINCES}] ?[A-Za-z])([ ·.]?)([A-Za-z0-9]{{3,4}})([A-Za-z0-9挂学警港澳领使]{{2}})(?![A-Za-z0-9])"
)
_MAIL: Final = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+\-]{0,63}(@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4})")
_ROOM: Final = re.compile(r"(号楼|栋|幢|座) ?(?:\d{1,2}单元)? ?(?:\d{1,2}[层楼])? ?-?\d{2,5}(?:[室号户房])?")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"


def masked(text: str) -> str:
    """Return the text with personal data starred out; the same object when there is none."""
    if _SUSPICIOUS.search(text) is None:
        return text
    hidden = text.translate(_NARROW)
    hidden = _IDENTITY.sub(_mask_identity, hidden)
    hidden = _MOBILE.sub(r"\1****\2", hidden)
    hidden = _LANDLINE.sub(r"\1-****\4", hidden)
    hidden = _PLATE.sub(r"\1***\4", hidden)
    hidden = _MAIL.sub(r"\1***\2", hidden)
    # Full-width letters that hid nothing stay as they were written.
    return hidden if "*" in hidden else text


def masked_address(address: str) -> str:
    """Return the address down to the building: stairway, floor and room are starred out."""
    return masked(_ROOM.sub(r"\1***", address))


def is_identity_number(number: str) -> bool:
    """Whether 18 characters end in their check digit (GB 11643, ISO 7064 mod 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return _CHECK_DIGITS[total % 11] == number[17].upper()


def _mask_identity(found: re.Match[str]) -> str:
    if not is_identity_number(found[0]):
        return found[0]
    return f"{found[1]}********{found[3]}"
