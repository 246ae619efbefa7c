"""asset_owners.csv: who owns or manages things at a place, for the roles rules may name instead of a unit.

Looked up from the grid upwards: the smallest area that has a row wins, and within it a row for the item before one for
every item. A role with nobody behind it: as a lead the case goes to the command center, as a cooperator it is noted.
"""

from typing import Final, get_args

from services.reference.model.duties import AssetOwner, OwnerRole
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of

SHEET: Final = "asset_owners"
ROLES: Final[tuple[OwnerRole, ...]] = get_args(OwnerRole)
COLUMNS: Final = (
    Column(
        "role",
        "asset_owner: owns components (covers, poles, boxes); property_company: manages the estate; bike_operator; "
        "partner_units",
        required=True,
        choices=ROLES,
    ),
    Column("area", "id of the grid, community, subdistrict or district it holds for", required=True, refers="unit"),
    Column("item", "catalogue code, such as 0101; empty: every item", refers="item"),
    Column("unit", "id of the unit (company, department, …) that it is", required=True, refers="unit"),
    Column("note", "free text, not used"),
)


def read_asset_owners(name: str, content: bytes) -> list[Entry[AssetOwner]]:
    """Return the owners of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _owner)


def _owner(row: Row) -> AssetOwner:
    return AssetOwner(
        role=row.choice("role", ROLES),
        area=row.text("area"),
        item=row.optional("item"),
        unit=row.text("unit"),
    )
