"""The bulletin as a workbook: the same bulletin gives the same cells, and no cell can be a formula."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from services.appraisal.domain.bulletin import Bulletin, Shown, SubdistrictRow, UnitRow

Line = Sequence[str | int | None]
NAMES: Final = {
    "reported": "受理", "closed": "办结", "due": "应结案", "closed_in_time": "按期结案", "left_overdue": "遗留超期",
    "due_for_response": "应响应", "contacted_in_time": "按时响应", "followed_up": "已回访", "solved": "解决",
    "partly_solved": "部分解决", "answered": "有效评价", "very_satisfied": "非常满意", "satisfied": "满意",
    "basically_satisfied": "基本满意", "in_time": "按时报到", "late": "迟到", "no_show": "未到", "declined": "拒绝",
}  # fmt: skip
WHISTLES: Final = ("in_time", "late", "no_show", "declined")
WIDTH: Final = 14
ROWS_MAX: Final = 1_000_000
"""On one sheet, below its heading; spreadsheets open 1,048,576 rows and no more."""
MEANINGFUL: Final = ("=", "#")
"""How formulas and errors begin, for which openpyxl takes a text unless its cell says that it is one."""
KINDS: Final = {"department": "部门", "company": "企业", "branch_office": "派驻机构"}


def workbook_of(bulletin: Bulletin, *, rows_max: int = ROWS_MAX) -> bytes:
    """Return the bulletin as xlsx; what has more rows than a sheet may have goes on upon the next.

    Rows are written as they come: a busy month has a million cells, and a workbook in memory holds 400 bytes for each.
    """
    book = Workbook(write_only=True)
    for title, lines in (
        ("概况", _district(bulletin)),
        ("单位", _units(bulletin)),
        ("街道", _subdistricts(bulletin)),
        ("超期", _overdue(bulletin)),
        ("未经准入", _refused(bulletin)),
        ("约谈", _interviews(bulletin)),
        ("案件", _cases(bulletin)),
    ):
        _write(book, title, lines, rows_max)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(book: Workbook, title: str, lines: Iterable[Line], rows_max: int) -> None:
    rows = iter(lines)
    head = next(rows)
    sheet = _sheet(book, title, head)
    for number, line in enumerate(rows):
        if number and number % rows_max == 0:
            sheet = _sheet(book, f"{title} {number // rows_max + 1}", head)
        sheet.append([_told(sheet, value) for value in line])


def _sheet(book: Workbook, title: str, head: Line) -> WriteOnlyWorksheet:
    sheet: Any = book.create_sheet(title)  # the stubs know no widths of a sheet that is written as rows come
    sheet.freeze_panes = "A2"  # before the first row, as the widths
    cells = [_cell(sheet, value) for value in head]
    for column, cell in enumerate(cells, start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    sheet.append(cells)
    written: WriteOnlyWorksheet = sheet
    return written


def _told(sheet: WriteOnlyWorksheet, value: str | int | None) -> Cell | str | int | None:
    """Return what the sheet takes for a value: most as they are, which is twice as fast as a cell of their own."""
    return _cell(sheet, value) if isinstance(value, str) and value.startswith(MEANINGFUL) else value


def _cell(sheet: WriteOnlyWorksheet, value: str | int | None) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _district(bulletin: Bulletin) -> Iterator[Line]:
    yield "指标", "分子", "分母", "百分比", "定义"
    for name, rate in bulletin.rates.items():
        definition = bulletin.definitions[name]
        counted = " + ".join(f"{NAMES[measure]}×{weight}" for measure, weight in definition.counts.items())
        yield definition.name_zh, rate.counted, rate.of, rate.percent, f"({counted}) / {NAMES[definition.of]}"
    weights = " + ".join(f"{bulletin.definitions[name].name_zh}×{weight}" for name, weight in bulletin.weights.items())
    yield "综合得分", None, None, bulletin.composite, weights
    for measure, shown in bulletin.measures.items():
        yield NAMES[measure], shown.value
    for lane, count in bulletin.sensitive.items():
        yield f"敏感事项 {lane}", str(count)
    if bulletin.unlisted:
        yield "因回避不列出的案件", str(bulletin.unlisted)


def _units(bulletin: Bulletin) -> Iterator[Line]:
    rates = [definition.name_zh for definition in bulletin.definitions.values()]
    yield ("单位", "类别", "名次", "得分", "街道评价", *rates, "综合", *(NAMES[name] for name in WHISTLES), "周均积分")
    for row in bulletin.units:
        yield (
            row.name, KINDS[row.kind], row.rank, row.score, row.upward, *_percents(bulletin, row), row.composite,
            *(row.whistles[name].value for name in WHISTLES), row.points,
        )  # fmt: skip


def _subdistricts(bulletin: Bulletin) -> Iterator[Line]:
    rates = [definition.name_zh for definition in bulletin.definitions.values()]
    yield ("街道", "受理", *rates, "吹哨", "吹错", "吹哨准确率", "每百件吹哨")
    for row in bulletin.subdistricts:
        yield (
            row.name, row.measures["reported"].value, *_percents(bulletin, row), row.blown.value, row.wrong.value,
            row.accuracy, row.whistle_rate,
        )  # fmt: skip


def _overdue(bulletin: Bulletin) -> Iterator[Line]:
    yield "编号", "主责单位", "应于", "结案", "经过"
    for row in bulletin.overdue:
        ended = row.ended_at.isoformat() if row.ended_at else "未结"
        yield row.number, row.lead_name, row.due_at.isoformat(), ended, ", ".join(row.because)


def _refused(bulletin: Bulletin) -> Iterator[Line]:
    yield "部门", "退回次数", "事项", "案件"
    for row in bulletin.refused:
        yield row.name, row.refused, "; ".join(row.tasks), _numbers(bulletin, row.cases)


def _interviews(bulletin: Bulletin) -> Iterator[Line]:
    yield "单位", "建议约谈", "已确认", "未采纳", "红牌", "未报到"
    for row in bulletin.interviews:
        facts = (row.proposed, row.confirmed, row.declined, row.red_cards, row.no_shows)
        yield (row.name, *(_numbers(bulletin, shown) for shown in facts))


def _cases(bulletin: Bulletin) -> Iterator[Line]:
    yield "数字", "编号"
    for name in sorted(bulletin.lists):
        for number, _ in bulletin.cases_of(name):
            yield name, number


def _percents(bulletin: Bulletin, row: UnitRow | SubdistrictRow) -> list[str | None]:
    return [row.rates[name].percent for name in bulletin.definitions]


def _numbers(bulletin: Bulletin, shown: Shown) -> str:
    return ", ".join(number for number, _ in bulletin.cases_of(shown.list)) or shown.value
