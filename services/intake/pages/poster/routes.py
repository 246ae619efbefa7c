"""`GET /report/poster` and its `GET /report/qr.svg`; `?community=` makes the report page begin with that community."""

import io
from dataclasses import dataclass
from urllib.parse import urlencode

import segno
from starlette.requests import Request
from starlette.responses import Response

from services.intake.pages.frame import Frame

QUIET_MODULES = 4
"""The white border that readers need, by ISO/IEC 18004."""
CHARACTERS_MAX = 300


@dataclass(frozen=True, slots=True)
class Poster:
    """What hangs at the gate of a housing estate."""

    frame: Frame

    async def page(self, asked: Request) -> Response:
        """Show the poster."""
        community = _community(asked)
        return self.frame.page(
            asked,
            "poster/poster.html",
            query=_query(community),
            address=self.frame.address_of(asked, "/report"),
            place=self.frame.places.name_of(community) if community else "",
        )

    async def code(self, asked: Request) -> Response:
        """Answer with the QR code."""
        address = self.frame.address_of(asked, "/report" + _query(_community(asked)))[:CHARACTERS_MAX]
        drawn = io.BytesIO()
        segno.make(address, error="m", micro=False).save(
            drawn, kind="svg", border=QUIET_MODULES, light="#fff", omitsize=True, xmldecl=False
        )
        return Response(drawn.getvalue(), headers={"Cache-Control": "no-store"}, media_type="image/svg+xml")


def _community(asked: Request) -> str:
    return asked.query_params.get("community", "")[:100]


def _query(community: str) -> str:
    return f"?{urlencode({'community': community})}" if community else ""
