"""Reasons of refusals and findings in Chinese: patterns with places for names; unknown ones stay as they are."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from services.chassis.pages.words import Language

SAID: Final = Path(__file__).parent / "reasons.zh.json"
PLACE: Final = "{}"


def reason_said(reason: str, language: Language) -> str:
    """Return the reason in the person's language; reasons are written in English."""
    if language == "en":
        return reason
    for pattern, said in _patterns():
        found = pattern.fullmatch(reason)
        if found is not None:
            return said.format(*(group.strip("'") for group in found.groups()))
    return reason


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    said = msgspec.json.decode(SAID.read_bytes(), type=dict[str, str])
    return [(_pattern(reason), chinese) for reason, chinese in said.items()]


def _pattern(reason: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, reason.split(PLACE))), re.DOTALL)
