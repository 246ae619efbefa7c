"""The queue as a file that a spreadsheet opens: no cell of it can be a formula (security list, 51)."""

import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from services.chassis.pages.times import exact
from services.desk.domain.queue import QueueTask
from services.desk.pages.parts import PageParts
from services.desk.pages.queue.view import QueueView
from services.desk.pages.remaining import remaining
from services.desk.pages.visit import Visit

KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS: Final = ("due", "left", "number", "item", "place", "expected", "unit", "holder", "state")
STARTS_A_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠|")
BOM: Final = "\ufeff"
"""Excel on Chinese Windows reads UTF-8 only where the file says so."""


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula; numbers of cases and plain words stay."""
    return f"'{text}" if text[:1] in STARTS_A_FORMULA else text


def exported(kind: str, view: QueueView, parts: PageParts, visit: Visit) -> Response:
    """Answer the rows as `csv` or `xlsx`, in the person's language."""
    language = visit.view.language
    header = [parts.door.renderer.words.say(language, f"queue.column.{column}") for column in COLUMNS]
    lines = [header, *([harmless(cell) for cell in line] for line in _lines(view, parts, visit))]
    content = _csv(lines) if kind == "csv" else _xlsx(lines)
    local = view.at.astimezone(parts.door.renderer.zone)
    name = f"queue-{local:%Y%m%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{quote(name)}"', "Cache-Control": "no-store"}
    return Response(content, headers=headers, media_type=KINDS[kind])


def _lines(view: QueueView, parts: PageParts, visit: Visit) -> Iterator[list[str]]:
    for row in view.rows:
        yield _line(row, view, parts, visit)


def _line(row: QueueTask, view: QueueView, parts: PageParts, visit: Visit) -> list[str]:
    language, names, words = visit.view.language, parts.names, parts.door.renderer.words
    holder = view.holder(row)
    left = view.work_left(row, row.expected_by)
    return [
        exact(row.expected_by, parts.door.renderer.zone, language),
        remaining(partial(words.say, language), language, row.expected_by, view.at, left),
        row.number,
        names.item(row.item, language),
        names.place(row.place.grid, row.place.community, row.place.subdistrict),
        words.say(language, f"expected.{row.expected or 'none'}"),
        names.unit(row.unit),
        holder.name if holder else "",
        words.say_or(language, f"state.{row.state}", row.state),
    ]


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(lines)
    return (BOM + out.getvalue()).encode()


def _xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    # Imported here: openpyxl costs the desk 6 MiB before anybody exports.
    from openpyxl import Workbook  # noqa: PLC0415 (see above)
    from openpyxl.styles import Font  # noqa: PLC0415 (see above)

    book = Workbook()
    sheet = book.active or book.create_sheet()
    for position, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            cell = sheet.cell(position, column)
            # As text, whatever it looks like: openpyxl takes a leading "=" for a formula otherwise.
            cell.value, cell.data_type = text, "s"
            cell.font = Font(bold=position == 1)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHI", (20, 14, 24, 26, 44, 10, 30, 12, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
