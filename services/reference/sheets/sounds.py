"""sounds.csv: characters that sound alike, whatever their tone, so that a word is found however it is written."""

import re
from typing import Final

from services.reference.model.lexicon import Sound
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "sounds"
COLUMNS: Final = (
    Column("sound", "in letters, without a tone: du; unique", required=True),
    Column("characters", "all characters that sound so, one after another; each in one row only", required=True),
)
_SOUND: Final = re.compile(r"[a-z]{1,6}")


def read_sounds(name: str, content: bytes) -> list[Entry[Sound]]:
    """Return the sounds of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _sound)


def _sound(row: Row) -> Sound:
    sound, characters = row.text("sound"), row.text("characters")
    if sound and not _SOUND.fullmatch(sound):
        row.refuse("sound", f"{sound!r}: letters a to z, 6 at most")
    if len(set(characters)) < len(characters):
        row.refuse("characters", "names the same character twice")
    return Sound(sound=sound, characters=characters)
