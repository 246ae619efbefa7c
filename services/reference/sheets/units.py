"""units.csv: every unit of the district, one row each; parents may stand below their children."""

from collections.abc import Sequence
from typing import Final, get_args

from services.contracts.events.report import Lane
from services.reference.model.organisation import Unit, UnitKind
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "units"
KINDS: Final[tuple[UnitKind, ...]] = get_args(UnitKind)
LANES: Final[tuple[Lane, ...]] = get_args(Lane)
COLUMNS: Final = (
    Column(
        "id",
        "permanent id: `sub-03`, `com-0312`, `grid-0312-05`, `municipal_works`, `municipal_works@sub-03`, "
        "`district_command_center`; lower case, digits, `_ - @`",
        required=True,
    ),
    Column("name_zh", "Chinese name", required=True),
    Column("kind", "what the unit is", required=True, choices=KINDS),
    Column(
        "parent",
        "id of the unit above: grid → grid or community → subdistrict → district; department, company and center → "
        "district; branch_office → its department; empty for the district",
        required=True,
        refers="unit",
    ),
    Column("supervisor", "id of the unit that takes complaints about this one; empty: the parent", refers="unit"),
    Column("serves", "branch_office only: id of the subdistrict it works in"),
    Column("lanes", "sensitive lanes this unit alone receives: stability; drugs; petition; discipline", choices=LANES),
    Column(
        "aliases",
        "other names by which a complaint about the unit is recognised; of subdistricts, communities and grids only "
        "these count, because their names are places too",
    ),
    Column("code", "the city's code, as written, such as the 15 digits of a grid"),
    Column("scheme", "which coding the code follows, such as `GB/T 30428.1`; needed with a code"),
    Column("grid_level", "grid only: 1 (top) to 3"),
    Column("valid_from", "first day the unit exists; empty: always did"),
    Column("valid_to", "first day it no longer exists; empty: open"),
)


def read_units(name: str, content: bytes) -> list[Entry[Unit]]:
    """Return the units of the sheet, in its order. How they hang together is checked by `checking`."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _unit)


def _unit(row: Row) -> Unit:
    kind = row.choice("kind", KINDS)
    level = row.read("grid_level", _level)
    if (level is not None) != (kind == "grid"):
        row.refuse("grid_level", "given for grids, and for grids only")
    if bool(row.optional("serves")) != (kind == "branch_office"):
        row.refuse("serves", "given for branch offices, and for them only")
    if bool(row.optional("code")) != bool(row.optional("scheme")):
        row.refuse("scheme", "a code needs the name of its scheme")
    return Unit(
        id=row.text("id"),
        name_zh=row.text("name_zh"),
        kind=kind,
        parent=row.optional("parent"),
        supervisor=row.optional("supervisor"),
        serves=row.optional("serves"),
        lanes=_lanes(row),
        aliases=row.many("aliases"),
        code=row.optional("code"),
        scheme=row.optional("scheme"),
        grid_level=level,
        valid_from=row.day("valid_from"),
        valid_to=row.day("valid_to"),
    )


def _level(text: str) -> int:
    if text not in {"1", "2", "3"}:
        raise ValueError(f"{text!r} is no grid level; 1, 2 and 3 are")
    return int(text)


def _lanes(row: Row) -> tuple[Lane, ...]:
    named: Sequence[str] = row.many("lanes")
    for lane in named:
        if lane not in LANES[1:]:
            row.refuse("lanes", f"{lane!r} is none of {', '.join(LANES[1:])}")
    return tuple(lane for lane in LANES[1:] if lane in named)
