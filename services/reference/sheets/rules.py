"""rules.csv: how a report is recognised, one rule per row. Empty conditions hold for every report."""

from typing import Final, get_args

from services.contracts.events.report import Channel
from services.reference.model.catalogue import ItemKind
from services.reference.model.rules import Rule, Window
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "rules"
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
KINDS: Final[tuple[ItemKind, ...]] = get_args(ItemKind)
PRIORITY_MAX: Final = 1_000
COLUMNS: Final = (
    Column("id", "permanent id of the rule; unique", required=True),
    Column("items", "codes; the reporter named one of them"),
    Column("kind", "kind of the item the reporter named", choices=KINDS),
    Column("keywords", "the text contains one of these"),
    Column("with_keywords", "and also one of these"),
    Column("areas", "ids of grids, communities or subdistricts; the place lies in one of them"),
    Column("channels", "the report came by one of these", choices=CHANNELS),
    Column("hours", "local time of day, such as 22:00-06:00"),
    Column("item", "result: the catalogue item whose lead, cooperators and limits count", refers="item"),
    Column("lead", "result: a unit id or role that leads instead of the item's; needed without an item", refers="unit"),
    Column("cooperating", "result: with a lead of its own, who cooperates"),
    Column("priority", f"-{PRIORITY_MAX} to {PRIORITY_MAX}; among equally specific rules the higher wins; empty: 0"),
    Column("note", "free text"),
)


def read_rules(name: str, content: bytes) -> list[Entry[Rule]]:
    """Return the rules of the sheet; their order in it is the last word between equals."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _rule)


def _rule(row: Row) -> Rule:
    lead, cooperating = row.optional("lead"), row.many("cooperating")
    if lead is None and row.optional("item") is None:
        row.refuse("item", "a rule results in an item, in a lead, or in both")
    if lead is not None and ";" in lead:
        row.refuse("lead", "names more than one; a case has exactly one lead")
    if cooperating and lead is None:
        row.refuse("cooperating", "needs a lead beside it; without one the item's cooperators count")
    if lead in cooperating:
        row.refuse("cooperating", f"{lead} leads already")
    if row.many("with_keywords") and not row.many("keywords"):
        row.refuse("with_keywords", "needs keywords beside it")
    return Rule(
        id=row.text("id"),
        items=row.many("items"),
        kind=row.choice("kind", KINDS) if row.optional("kind") else None,
        keywords=row.many("keywords"),
        with_keywords=row.many("with_keywords"),
        areas=row.many("areas"),
        channels=_channels(row),
        hours=row.read("hours", Window.parse),
        item=row.optional("item"),
        lead=lead,
        cooperating=cooperating,
        priority=row.read("priority", _priority) or 0,
        order=row.number,
        note=row.optional("note"),
    )


def _channels(row: Row) -> tuple[Channel, ...]:
    named = row.many("channels")
    for channel in named:
        if channel not in CHANNELS:
            row.refuse("channels", f"{channel!r} is none of {', '.join(CHANNELS)}")
    return tuple(channel for channel in CHANNELS if channel in named)


def _priority(text: str) -> int:
    number = int(text) if text.lstrip("-").isdecimal() else None
    if number is None or abs(number) > PRIORITY_MAX:
        raise ValueError(f"{text!r} is no whole number from -{PRIORITY_MAX} to {PRIORITY_MAX}")
    return number
