"""A town with three grid levels and offices in two subdistricts, as the ledger sees it."""

from services.ledger.domain.city import City
from services.reference.deciding.organisation import Organisation
from services.reference.model.organisation import Unit, UnitKind
from tests.builders import a_city


def _unit(
    unit_id: str, kind: UnitKind, parent: str | None, level: int | None = None, serves: str | None = None
) -> Unit:
    return Unit(id=unit_id, name_zh=unit_id, kind=kind, parent=parent, grid_level=level, serves=serves)


DEPARTMENTS = ("drainage", "sanitation", "municipal_works", "traffic_police")
UNITS = (
    _unit("district", "district", None),
    _unit("district_command_center", "center", "district"),
    *(_unit(name, "department", "district") for name in DEPARTMENTS),
    *(
        _unit(f"{name}@{street}", "branch_office", name, serves=street)
        for name in ("drainage", "municipal_works")
        for street in ("sub-01", "sub-02")
    ),
    *(_unit(street, "subdistrict", "district") for street in ("sub-01", "sub-02")),
    _unit("com-0101", "community", "sub-01"),
    _unit("grid-0101-00", "grid", "com-0101", 1),
    _unit("grid-0101-10", "grid", "grid-0101-00", 2),
    _unit("grid-0101-11", "grid", "grid-0101-10", 3),
)


def a_gridded_city() -> City:
    """Return the town's city."""
    return a_city(
        organisation=Organisation(UNITS),
        departments=frozenset(DEPARTMENTS),
        units=frozenset(unit.id for unit in UNITS),
    )
