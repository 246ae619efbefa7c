"""persons.csv: who works where, one row per role a person has. Read by identity; no part of a reference version."""

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, get_args
from uuid import UUID

import msgspec

from services.contracts.events.report import Lane
from services.reference.sheets.reading import Column, Row, parse_rows, rows_of

SHEET: Final = "persons"
PersonRole = Literal[
    "clerk", "unit_head", "subdistrict_officer", "subdistrict_coordinator", "community_officer", "grid_worker",
    "part_time_grid_worker", "grid_supervisor", "center_operator", "center_leader", "rule_owner", "operator",
    "inspector",
]  # fmt: skip
ROLES: Final[tuple[PersonRole, ...]] = get_args(PersonRole)
LANES: Final[tuple[Lane, ...]] = get_args(Lane)
NOBODY: Final = UUID(int=0)
COLUMNS: Final = (
    Column("person_id", "permanent id, a UUID; the same in every row of the person", required=True),
    Column("name", "full name; the same in every row of the person", required=True),
    Column(
        "unit",
        "id of the unit the role belongs to; center roles: district_command_center; a person of a branch office: the "
        "branch office, such as `municipal_works@sub-03`",
        required=True,
    ),
    Column("role", "what the person may do there", required=True, choices=ROLES),
    Column("lane", "empty (ordinary), or the sensitive lane this role may see", choices=LANES),
    Column("valid_from", "first day of the role", required=True),
    Column("valid_to", "first day it no longer holds; empty: open"),
)


class PersonInRole(msgspec.Struct, frozen=True, kw_only=True):
    """One role of one person in one unit."""

    person_id: UUID
    name: str
    unit: str
    role: PersonRole
    lane: Lane
    valid_from: date
    valid_to: date | None


def read_persons(name: str, content: bytes, unit_kinds: Mapping[str, str]) -> list[PersonInRole]:
    """Return the roles of the sheet; `unit_kinds` are the ids and kinds of the units that exist.

    Raises:
        SheetsRefusedError: an unknown unit or role, or one person id with two names.
    """
    names: dict[str, str] = {}

    def parse(row: Row) -> PersonInRole:
        if row.text("unit") not in unit_kinds:
            row.refuse("unit", f"{row.optional('unit')!r} is no unit")
        if names.setdefault(row.text("person_id"), row.text("name")) != row.text("name"):
            row.refuse("name", "another name than in an earlier row of this person")
        return _person(row)

    return [entry.value for entry in parse_rows(rows_of(SHEET, name, content, COLUMNS), parse)]


def _person(row: Row) -> PersonInRole:
    valid_from = row.day("valid_from")
    if valid_from is None and not row.refusals:
        row.refuse("valid_from", "empty")
    return PersonInRole(
        person_id=row.read("person_id", UUID) or NOBODY,
        name=row.text("name"),
        unit=row.text("unit"),
        role=row.choice("role", ROLES),
        lane=row.choice("lane", LANES) if row.optional("lane") else "ordinary",
        valid_from=valid_from or date.min,
        valid_to=row.day("valid_to"),
    )
