"""sentences.csv: crafted reports and what must become of them; a lexicon that decides one otherwise is refused."""

from typing import Final, get_args

from services.contracts.events.report import Channel, Lane, SpecialRoute
from services.reference.model.lexicon import Sentence
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "sentences"
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
EXPECTED: Final[tuple[str, ...]] = (*get_args(Lane), *get_args(SpecialRoute), "state_secret")
COLUMNS: Final = (
    Column("text", "what is reported", required=True),
    Column("expects", "ordinary, a lane, a special route, or state_secret", required=True, choices=EXPECTED),
    Column("channel", "empty: web", choices=CHANNELS),
    Column("item", "catalogue code that the reporter names", refers="item"),
    Column("accused", "ids of the units that must be recognised as complained about; no others may be"),
    Column("note", "what it tries: a homophone, inserted characters, something harmless"),
)


def read_sentences(name: str, content: bytes) -> list[Entry[Sentence]]:
    """Return the sentences of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _sentence)


def _sentence(row: Row) -> Sentence:
    return Sentence(
        text=row.text("text"),
        expects=row.choice("expects", EXPECTED),
        channel=row.choice("channel", CHANNELS) if row.optional("channel") else "web",
        item=row.optional("item"),
        accused=row.many("accused"),
        note=row.optional("note"),
    )
