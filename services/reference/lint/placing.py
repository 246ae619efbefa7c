"""Where a finding stands: the sheet, the row and the column that somebody has to change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.reference.lint.finding import Finding
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.reading import HEADER_ROW

ITEM: Final = "item:"
COLUMN_OF: Final[Mapping[str, str]] = {
    "dead-target": "lead",
    "grassroots-without-duty": "lead",
    "without-power": "lead",
    "contradicting-limits": "limit",
    "never-firing": "keywords",
    "shadowed": "keywords",
    "overlapping": "priority",
}


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding and its cell. Row 0: what it is about stands in no sheet."""

    finding: Finding
    sheet: str
    row: int
    column: str
    other_row: int = 0
    """The row of the rule it collides with, in the same sheet."""


def placed(findings: Iterable[Finding], version: ReferenceVersion) -> list[PlacedFinding]:
    """Return the findings with their cells, by sheet and row."""
    rules = {rule.id: rule.order for rule in version.rules}
    items = {item.code: row for row, item in enumerate(version.catalogue, start=HEADER_ROW + 1)}
    found = [_placed(finding, rules, items) for finding in findings]
    return sorted(found, key=lambda each: (each.sheet, each.row, each.finding))


def _placed(finding: Finding, rules: Mapping[str, int], items: Mapping[str, int]) -> PlacedFinding:
    column = COLUMN_OF.get(finding.check, "")
    if finding.rule.startswith(ITEM):
        return PlacedFinding(finding, "catalogue", items.get(finding.rule.removeprefix(ITEM), 0), column)
    return PlacedFinding(finding, "rules", rules.get(finding.rule, 0), column, rules.get(finding.other, 0))
