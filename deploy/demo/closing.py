"""What the demo says at its end: where to look and as whom to log in. Lines of 80 columns, no name is cut."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deploy.demo.accounts import DemoAccount

PAGES: Final = (
    ("report something, as a resident", "intake-api", "/report"),
    ("follow a report by its code", "intake-api", "/track"),
    ("command center's board", "desk", "/board"),
    ("the same on a wall", "desk", "/board?wall=1"),
    ("department queue", "desk", "/queue"),
    ("subdistrict desk", "desk", "/subdistrict"),
    ("counter, paper too", "desk", "/counter"),
    ("reporters to call", "desk", "/calls"),
    ("rules", "desk", "/rules"),
    ("monthly bulletin", "desk", "/bulletin"),
    ("proposals to confirm", "desk", "/proposals"),
    ("duty rosters", "desk", "/rosters"),
    ("what leaders read first", "desk", "/feed"),
    ("log in, log out", "desk", "/login"),
)
GAP: Final = " "
"""One column: a login, a password, a name and the longest unit just fit."""


def closing_lines(urls: Mapping[str, str], accounts: Sequence[DemoAccount]) -> Iterator[str]:
    """Give the lines; the passwords are said here and nowhere else."""
    yield "Open in a browser:"
    yield from columns([(what, urls[service] + path) for what, service, path in PAGES])
    yield "Log in as one of these; the passwords are of this demo only and are not shown again:"
    yield from columns([(one.login, one.password, f"{one.name}, {one.unit}") for one in accounts])


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the rows as lines, each column as wide as its widest text."""
    widths = [max(width(text) for text in column) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=True))
        yield (GAP + GAP.join(padded)).rstrip()


def width(text: str) -> int:
    """Return how many columns of a terminal the text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
