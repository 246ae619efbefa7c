"""What is written is read again, in every encoding, and nothing in it is run by a spreadsheet."""

import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.model.rules import Rule, Window
from services.reference.sheets.cells import cells_of
from services.reference.sheets.files import csv_lines, harmless, unquoted
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.reference.sheets.rules import COLUMNS, SHEET, read_rules
from services.reference.sheets.writing import Beside, Encoding, template_of, write_csv, write_workbook

RULE = Rule(
    id="r",
    keywords=("雨水箅", "井盖"),
    with_keywords=("堵",),
    hours=Window.parse("22:00-06:00"),
    item="0203",
    priority=-5,
    order=2,
    note="=HYPERLINK(1)",
)
ROW = cells_of(RULE, COLUMNS)


def page_of(content: bytes, name: str = SHEET) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))[name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_rule_survives_csv_in_every_encoding(encoding: Encoding) -> None:
    (entry,) = read_rules("rules.csv", write_csv(COLUMNS, [ROW], encoding))

    assert entry.value == RULE


def test_a_rule_survives_a_workbook() -> None:
    (entry,) = read_rules("rules.xlsx", write_workbook(SHEET, COLUMNS, [ROW]))

    assert entry.value == RULE


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_is_run_as_a_formula(start: str) -> None:
    content = write_csv(COLUMNS, [{"id": "r", "note": f"{start}cmd|' /C calc'!A0", "priority": "-5"}]).decode(
        "utf-8-sig"
    )

    assert f"{start}cmd" not in content.replace(f"'{start}cmd", "")
    assert ",-5," in content


@given(st.text(max_size=8))
def test_a_quoted_cell_is_read_as_it_was_meant(text: str) -> None:
    assert unquoted(harmless(text)) == text


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    page = page_of(write_workbook(SHEET, COLUMNS, [ROW]))

    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value} == {"s"}


def test_a_workbook_offers_what_there_is() -> None:
    content = write_workbook(SHEET, COLUMNS, [ROW], Beside(offered={"item": ("0101", "0203")}))

    page, lists = page_of(content), page_of(content, "choices")
    where = {str(validation.sqref)[0]: validation.formula1 for validation in page.data_validations.dataValidation}
    item = [column.name for column in COLUMNS].index("item")
    letter = page.cell(1, item + 1).column_letter
    assert where[letter] == f"'choices'!${letter}$2:${letter}$3"
    assert [lists[f"{letter}{row}"].value for row in (2, 3)] == ["0101", "0203"]
    assert lists.sheet_state == "hidden"


def test_a_workbook_says_in_its_last_column_what_is_wrong_and_can_be_sent_again() -> None:
    refusals = [Refusal(SHEET, 2, "item", "'0299' does not exist"), Refusal(SHEET, 2, "lead", "names more than one")]
    content = write_workbook(SHEET, COLUMNS, [ROW], Beside(refusals=refusals))

    page = page_of(content)
    assert page.cell(1, len(COLUMNS) + 1).value == "errors"
    assert page.cell(2, len(COLUMNS) + 1).value == "item: '0299' does not exist; lead: names more than one"
    (entry,) = read_rules("rules.xlsx", content)
    assert entry.value == RULE


def test_the_template_has_every_column_and_no_row() -> None:
    assert read_rules("rules.xlsx", template_of("rules", COLUMNS)) == []


def test_bytes_in_no_known_encoding_are_refused() -> None:
    with pytest.raises(SheetsRefusedError, match="neither UTF-8 nor GB18030"):
        read_rules("rules.csv", b"id,item\n\xff\xff,0203\n")
    with pytest.raises(ValueError, match="neither"):
        list(csv_lines(b"\xff\xff\n"))
