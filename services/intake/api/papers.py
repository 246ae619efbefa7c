"""`POST /api/v1/papers:find`: what became of a paper, for the clerk it is brought back to."""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.web.bodies import decode_strict
from services.intake.api.doorkeeper import Doorkeeper
from services.intake.api.problems import NoTokenError
from services.intake.api.reading import body_of
from services.intake.handlers.taking_papers import TakePapers

PATH: Final = "/api/v1/papers:find"
_ENCODE: Final = msgspec.json.Encoder().encode


class PaperAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paper's number, as it is written."""

    paper: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDoor:
    """Shows a clerk of the unit that entered a paper what its reporter may see."""

    papers: TakePapers
    doorkeeper: Doorkeeper

    async def find(self, request: Request) -> Response:
        """Answer a paper's number with the public state of its case."""
        caller = await self.doorkeeper.caller(request.scope)
        if caller.actor is None:
            raise NoTokenError
        self.doorkeeper.pace(self.doorkeeper.staff, caller.scope)
        asked = decode_strict(await body_of(request), PaperAsked)
        tracked = await self.papers.find(caller.actor.unit, asked.paper)
        return Response(_ENCODE(tracked), 200, {"Cache-Control": "no-store"}, "application/json")
