"""`/ground.json`: the grids that a map of staff draws, of one subdistrict or of the district."""

from dataclasses import dataclass
from typing import Final

import msgspec
from fastapi import FastAPI
from starlette.responses import Response

from services.desk.pages.board.view import GridDrawn, grids_of
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Visit

CACHED: Final = {"Cache-Control": "private, max-age=86400"}
"""The address names the version, whose ground never changes."""


class GroundTold(msgspec.Struct, frozen=True):
    version: int
    grids: tuple[GridDrawn, ...]


@dataclass(frozen=True, slots=True)
class GroundPages:
    """What maps are drawn from."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the route."""
        self.parts.door.get(app, "/ground.json", self.ground, quiet=True)

    async def ground(self, visit: Visit) -> Response:
        """Answer with the grids within the unit that `within` names; of the whole district without it."""
        latest, within = self.parts.names.latest(), visit.asked("within")
        grids = grids_of(latest)
        if within:
            grids = tuple(grid for grid in grids if latest.organisation.is_under(grid.id, (within,)))
        told = GroundTold(latest.number, grids)
        return Response(msgspec.json.encode(told), headers=CACHED, media_type="application/json")
