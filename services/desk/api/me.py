"""`GET /api/v1/me`: who the token says I am."""

from typing import Final
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from services.desk.api.answering import json_answer, told
from services.desk.api.asking import token_of
from services.desk.api.desk import Desk

NAME: Final = "select name from identity.names_of(array[$1::uuid])"


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The person behind the token, with the roles valid now."""

    person_id: UUID
    name: str | None
    unit: str
    role: str
    units: tuple[str, ...]
    lanes: tuple[str, ...]
    roles: tuple[str, ...]


def me_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/me", responses=told(Me))
    async def me(request: Request) -> Response:
        """The person behind the token; units and roles are looked up anew for every request."""
        async with desk.reading(token_of(request), "me") as asking:
            name = await asking.connection.fetchval(NAME, asking.asker.person_id)
        asker = asking.asker
        return json_answer(Me(name=name, **{field: getattr(asker, field) for field in asker.__struct_fields__}))
