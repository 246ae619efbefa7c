"""The ground of the sample district as units: subdistricts, communities, and their grids of up to three levels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from deploy.demo import names
from deploy.demo.departments import DISTRICT_ID
from deploy.demo.draws import Draws
from deploy.demo.ground import COMMUNITIES, SUBDISTRICTS, Cell, Mesh, community_cells, merged
from services.reference.model.organisation import Polygon, Unit

COUNTY_CODE: Final = "990103"
"""Six digits that no county has."""
GRID_SCHEME: Final = "GB/T 30428.1"
REGION_SCHEME: Final = "GB/T 10114"
TOWNSHIP: Final = SUBDISTRICTS
"""The eighth: its communities have grids of two levels only, so that paths differ in length."""


@dataclass(frozen=True, slots=True)
class Area:
    """One community, by the number of its subdistrict and its own number there; both count from 1."""

    street: int
    number: int

    @property
    def digits(self) -> str:
        return f"{self.street:02}{self.number:02}"

    @property
    def code(self) -> str:
        return f"{COUNTY_CODE}{self.street:03}{self.number:03}"

    @property
    def is_village(self) -> bool:
        return self.street == TOWNSHIP and self.number > 1

    @property
    def name(self) -> str:
        own = names.COMMUNITIES[(self.street - 1) * COMMUNITIES + self.number - 1]
        return own + ("村" if self.is_village else "社区")

    def grid(self, serial: int, parent: str, level: int, ground: tuple[Polygon, ...] = ()) -> Unit:
        return Unit(
            id=f"grid-{self.digits}-{serial:02}",
            name_zh=f"{self.name}第{serial}网格" if serial else f"{self.name}网格",
            kind="grid",
            parent=parent,
            code=f"{self.code}{serial:03}",
            scheme=GRID_SCHEME,
            grid_level=level,
            polygons=ground,
        )


AREAS: Final = tuple(
    Area(street, number) for street in range(1, SUBDISTRICTS + 1) for number in range(1, COMMUNITIES + 1)
)


def subdistricts() -> list[Unit]:
    return [
        Unit(
            id=f"sub-{number:02}",
            name_zh=name,
            kind="subdistrict",
            parent=DISTRICT_ID,
            code=f"{COUNTY_CODE}{number:03}",
            scheme=REGION_SCHEME,
        )
        for number, name in enumerate(names.SUBDISTRICTS, start=1)
    ]


def communities() -> list[Unit]:
    return [
        Unit(
            id=f"com-{area.digits}",
            name_zh=area.name,
            kind="community",
            parent=f"sub-{area.street:02}",
            code=area.code,
            scheme=REGION_SCHEME,
        )
        for area in AREAS
    ]


def grids(seed: int) -> list[Unit]:
    """Return every grid, parents first. The smallest ones, which have no grids below them, have ground."""
    mesh = Mesh(seed)
    return [grid for area in AREAS for grid in _grids_of(area, mesh, Draws(seed, "grids", area.street, area.number))]


def _grids_of(area: Area, mesh: Mesh, draws: Draws) -> Iterator[Unit]:
    top = area.grid(0, f"com-{area.digits}", 1)
    yield top
    for block, cells in enumerate(merged(community_cells(area.street, area.number), draws), start=1):
        parent = top
        if area.street != TOWNSHIP:
            parent = area.grid(block * 10, top.id, 2)
            yield parent
        level = 2 if parent is top else 3
        for position, group in enumerate(cells, start=1):
            yield area.grid(block * 10 + position, parent.id, level, _ground(mesh, group))


def _ground(mesh: Mesh, cells: tuple[Cell, ...]) -> tuple[Polygon, ...]:
    return (Polygon((mesh.ring(cells),)),)
