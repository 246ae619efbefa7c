"""special_routes.csv: who takes what the district does not handle itself, and what its reporter is told (X-11)."""

from typing import Final, get_args

from services.contracts.events.report import SpecialRoute
from services.reference.model.lexicon import Advised, RouteAdvice
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of
from services.worktime.limits import Limit

SHEET: Final = "special_routes"
ROUTES: Final[tuple[Advised, ...]] = (*get_args(SpecialRoute), "state_secret", "repeat_without_new_facts")
COLUMNS: Final = (
    Column("route", "unique", required=True, choices=ROUTES),
    Column("unit", "id of the unit that takes it at once; empty: the command center looks at it", refers="unit"),
    Column("limit", "handling limit of that unit, such as 0.5uh; given with a unit, and only then"),
    Column("advice_zh", "what the reporter is told, in Chinese", required=True),
    Column("advice_en", "the same in English", required=True),
)


def read_special_routes(name: str, content: bytes) -> list[Entry[RouteAdvice]]:
    """Return the routes of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _route)


def _route(row: Row) -> RouteAdvice:
    unit, limit = row.optional("unit"), row.read("limit", lambda text: str(Limit.parse(text)))
    if (unit is None) != (limit is None) and not row.refusals:
        row.refuse("limit", "given with a unit, and only then")
    return RouteAdvice(
        route=row.choice("route", ROUTES),
        unit=unit,
        limit=limit,
        advice_zh=row.text("advice_zh"),
        advice_en=row.text("advice_en"),
    )
