"""How the units hang together: one tree, every grid in it, one unit for every sensitive lane."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, get_args

from services.contracts.events.report import Lane
from services.reference.model.organisation import COMMAND_CENTER, PATH_MAX, PATH_MIN, Unit
from services.reference.sheets.checking import twice
from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal

SHEET: Final = "units"
PARENTS: Final = {
    "district": frozenset[str](),
    "subdistrict": frozenset({"district"}),
    "community": frozenset({"subdistrict"}),
    "grid": frozenset({"grid", "community"}),
    "department": frozenset({"district", "department"}),
    "branch_office": frozenset({"department", "company"}),
    "company": frozenset({"district", "department", "company", "subdistrict", "community"}),
    "center": frozenset({"district"}),
}
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_@-]{0,63}")


def check_units(entries: Sequence[Entry[Unit]]) -> Iterator[Refusal]:
    """Yield everything that keeps the units from being one tree."""
    units = {entry.value.id: entry.value for entry in entries}
    yield from twice(SHEET, "id", entries, lambda unit: unit.id)
    yield from _missing_units(units)
    yield from twice(
        SHEET,
        "serves",
        [entry for entry in entries if entry.value.serves],
        lambda unit: (unit.parent, unit.serves),
    )
    for entry in entries:
        for column, reason in _faults(entry.value, units):
            yield Refusal(SHEET, entry.row, column, reason)


def _missing_units(units: Mapping[str, Unit]) -> Iterator[Refusal]:
    districts = [unit.id for unit in units.values() if unit.kind == "district"]
    if len(districts) != 1:
        yield Refusal(SHEET, 0, "kind", f"exactly one district is needed, not {len(districts)}")
    center = units.get(COMMAND_CENTER)
    if center is None or center.kind != "center":
        yield Refusal(
            SHEET, 0, "id", f"{COMMAND_CENTER} of kind center is missing: nobody could take what no rule covers"
        )
    for lane in get_args(Lane)[1:]:
        owners = [unit.id for unit in units.values() if lane in unit.lanes]
        if len(owners) != 1:
            yield Refusal(SHEET, 0, "lanes", f"exactly one unit receives lane {lane}, not {len(owners)}")


def _faults(unit: Unit, units: Mapping[str, Unit]) -> Iterator[tuple[str, str]]:
    if not _ID.fullmatch(unit.id):
        yield "id", f"{unit.id!r}: lower case letters, digits, _ @ - only, 64 at most"
    if unit.supervisor is not None and (unit.supervisor not in units or unit.supervisor == unit.id):
        yield "supervisor", f"{unit.supervisor!r} is no other unit"
    if unit.serves is not None and (unit.serves not in units or units[unit.serves].kind != "subdistrict"):
        yield "serves", f"{unit.serves!r} is no subdistrict"
    if unit.valid_from is not None and unit.valid_to is not None and unit.valid_to <= unit.valid_from:
        yield "valid_to", "not after valid_from"
    yield from _tree_faults(unit, units)


def _tree_faults(unit: Unit, units: Mapping[str, Unit]) -> Iterator[tuple[str, str]]:
    if unit.kind == "district":
        if unit.parent is not None:
            yield "parent", "the district has nothing above it"
        return
    parent = units.get(unit.parent or "")
    if parent is None:
        yield "parent", f"orphan: {unit.parent!r} is no unit" if unit.parent else "orphan: no parent"
        return
    if parent.kind not in PARENTS[unit.kind]:
        yield "parent", f"a {unit.kind} does not stand below a {parent.kind}"
    length = _path_length(unit, units)
    if length is None:
        yield "parent", "the units above it go round in a circle"
    elif unit.kind == "grid" and not PATH_MIN <= length <= PATH_MAX:
        yield "parent", f"its path has {length} units; {PATH_MIN} to {PATH_MAX} are possible"


def _path_length(unit: Unit, units: Mapping[str, Unit]) -> int | None:
    seen = {unit.id}
    current = unit
    while current.parent is not None and current.parent in units:
        current = units[current.parent]
        if current.id in seen:
            return None
        seen.add(current.id)
    return len(seen)
