"""No cell of an export begins as a formula does, in whatever width its sign is written."""

import pytest

from services.desk.pages.queue.exporting import harmless


@pytest.mark.parametrize(
    "sign",
    ["=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠"],
    ids=[
        "equals", "plus", "minus", "at", "tab", "return", "line-feed", "bar", "full-width-equals", "full-width-plus",
        "full-width-minus", "full-width-at",
    ],
)  # fmt: skip
def test_a_cell_that_begins_as_a_formula_is_text(sign: str) -> None:
    assert harmless(f"{sign}cmd|'/C calc'!A0") == f"'{sign}cmd|'/C calc'!A0"


@pytest.mark.parametrize("words", ["", "20260302-1-000042-7", "王强", "还剩 1.5 h", "a=b"])
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert harmless(words) == words
