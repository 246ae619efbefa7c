"""lexicon.csv: words that decide a sensitive lane or a special route, or that accuse a unit beside its name."""

from typing import Final, get_args

from services.contracts.events.report import Channel
from services.reference.deciding.plain import plain
from services.reference.model.lexicon import Meaning, Word
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "lexicon"
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
YES: Final = "yes"
WORD_MIN: Final = 2
COLUMNS: Final = (
    Column(
        "word", "as people write it; blanks and marks inside it do not hide it; unique for its meaning", required=True
    ),
    Column(
        "means",
        "a lane, a special route, state_secret; accusing: stands before the unit complained about (投诉); conduct: "
        "stands after it (不作为); party: somebody else who may stand between (物业)",
        required=True,
        choices=MEANINGS,
    ),
    Column("also", "other ways to write it"),
    Column("by_sound", "yes: found too with characters that sound alike (see sounds)", choices=(YES,)),
    Column("unless", "harmless phrases in which it does not count"),
    Column("beside", "the text must contain one of these as well"),
    Column("channels", "counts in reports of these channels only; empty: all"),
    Column("note", "free text"),
)


def read_lexicon(name: str, content: bytes) -> list[Entry[Word]]:
    """Return the words of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _word)


def _word(row: Row) -> Word:
    word = row.text("word")
    for written in (word, *row.many("also")):
        if written and len(plain(written)) < WORD_MIN:
            row.refuse("word", f"{written!r}: at least {WORD_MIN} characters")
    channels = tuple(channel for channel in CHANNELS if channel in row.many("channels"))
    if len(channels) < len(row.many("channels")):
        row.refuse("channels", f"one of {', '.join(CHANNELS)}")
    if row.optional("by_sound") not in {None, YES}:
        row.refuse("by_sound", "yes or empty")
    return Word(
        word=word,
        means=row.choice("means", MEANINGS),
        also=row.many("also"),
        by_sound=row.optional("by_sound") == YES,
        unless=row.many("unless"),
        beside=row.many("beside"),
        channels=channels,
        note=row.optional("note"),
    )
