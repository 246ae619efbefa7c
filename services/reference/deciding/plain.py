"""A text as the lexicon reads it: ordinary letters, nothing inserted, clauses apart."""

import re
from itertools import pairwise
from typing import Final
from unicodedata import normalize

CLAUSE: Final = "|"
"""Stands between two clauses, and in no word of the lexicon."""
_MARKS: Final = frozenset(",!?;:，。！？；：、\n")
"""A full stop of Latin script ends no Chinese clause: between characters it was put in."""
_LETTER: Final = re.compile("[a-z]")
_WEDGED: Final = re.compile("(?<=[\u4e00-\u9fff])[a-z](?=[\u4e00-\u9fff])")
"""A digit there is a house or a stairway."""


class _Plain(dict[int, str]):
    """For `str.translate`: what each character becomes, found once.

    Capitals, full-width forms, radicals become ordinary; marks a clause's end; blanks, dashes, zero-width characters,
    emoji and strokes over a character nothing.
    """

    def __missing__(self, code: int) -> str:
        folded = normalize("NFKC", chr(code)).lower()
        plain = CLAUSE if folded in _MARKS or chr(code) in _MARKS else "".join(filter(str.isalnum, folded))
        self[code] = plain
        return plain


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """Return the text with nothing inserted; where single letters stand between characters, once more without them."""
    joined = text.translate(_PLAIN)
    if CLAUSE in joined:
        joined = _untorn(joined)
    if _LETTER.search(joined):
        unwedged = _WEDGED.sub("", joined)
        if unwedged != joined:
            return f"{joined}{CLAUSE}{unwedged}"
    return joined


def _untorn(text: str) -> str:
    clauses = text.split(CLAUSE)
    if 1 not in map(len, clauses):
        return text
    # One character is no clause: the mark before or after it was put in to tear a word apart.
    clauses = [clause for clause in clauses if clause]
    parts = [clauses[0]]
    for before, clause in pairwise(clauses):
        parts += [clause] if len(before) == 1 or len(clause) == 1 else [CLAUSE, clause]
    return "".join(parts)
