"""A text as the lexicon reads it: ordinary letters, nothing inserted, clauses apart."""

import re
from itertools import pairwise
from typing import Final
from unicodedata import normalize

CLAUSE: Final = "|"
"""Stands between two clauses, and in no word of the lexicon."""
_MARKS: Final = ",!?;:，。！？；：、\n"
"""A full stop of Latin script ends no Chinese clause: between characters it was put in."""
_UNUSUAL: Final = re.compile(f"[^\u4e00-\u9fff0-9a-z {_MARKS}]")
"""All that normalisation could change: capitals, full-width and compatibility forms, radicals, symbols."""
_INSERTED: Final = re.compile(rf"[^\w{_MARKS}]+|_+")
"""Blanks, dashes, dots in the middle, zero-width characters, emoji, strokes over a character."""
_CLAUSES: Final = re.compile(f"[{_MARKS}]+")
_WEDGED: Final = re.compile("(?<=[\u4e00-\u9fff])[0-9a-z](?=[\u4e00-\u9fff])")


def plain(text: str) -> str:
    """Return the text with nothing inserted; where single letters stand between characters, once more without them."""
    if _UNUSUAL.search(text):
        text = normalize("NFKC", text).lower()
    joined = _joined([clause for clause in _CLAUSES.split(_INSERTED.sub("", text)) if clause])
    unwedged = _WEDGED.sub("", joined)
    return joined if unwedged is joined or unwedged == joined else f"{joined}{CLAUSE}{unwedged}"


def _joined(clauses: list[str]) -> str:
    if not clauses or len(min(clauses, key=len)) > 1:
        return CLAUSE.join(clauses)
    # One character is no clause: the mark before or after it was put in to tear a word apart.
    parts = [clauses[0]]
    for before, clause in pairwise(clauses):
        parts += [clause] if len(before) == 1 or len(clause) == 1 else [CLAUSE, clause]
    return "".join(parts)
