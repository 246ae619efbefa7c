"""The desk's routes put together, and the document that describes them."""

from typing import Any, Final

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.handlers import new_app
from services.desk.api.acts import ActLines, ActResults, act_routes
from services.desk.api.answering import json_answer
from services.desk.api.asking import token_of
from services.desk.api.calls import call_routes
from services.desk.api.cases import case_routes
from services.desk.api.closing_times import closing_time_routes
from services.desk.api.counts import count_routes
from services.desk.api.desk import Desk
from services.desk.api.digest import digest_routes
from services.desk.api.duplicates import duplicate_routes
from services.desk.api.feed import feed_routes
from services.desk.api.me import Me, me_routes
from services.desk.api.modes import mode_routes
from services.desk.api.on_time import on_time_routes
from services.desk.api.queue import queue_routes
from services.desk.api.rosters import roster_routes
from services.desk.api.timeline import timeline_routes
from services.desk.api.whistles import whistle_routes
from services.desk.domain.calls import CallsTold, CallsWaiting, CallTold
from services.desk.domain.case import CaseShown
from services.desk.domain.closing_times import ClosingTimes
from services.desk.domain.counts import DepartmentsAnswers, WhistleRates
from services.desk.domain.digest import Digest
from services.desk.domain.duplicates import Duplicates
from services.desk.domain.feed import Feed, Proposals
from services.desk.domain.modes import ModesShown, ModeSwitched, SwitchAsked
from services.desk.domain.on_time import OnTimeByChannel
from services.desk.domain.queue import QueuePage
from services.desk.domain.rosters import Roster, ShiftEntered, ShiftKept
from services.desk.domain.rules import (
    DraftKept,
    DraftShown,
    DraftWithdrawn,
    PublishAsked,
    ReplayAsked,
    ReplayBegun,
    RollbackAsked,
    RulesShown,
    SheetsUploaded,
    VersionPublished,
)
from services.desk.domain.timeline import Timeline
from services.desk.domain.whistles import WhistlesPage
from services.ledger.domain.acts import Act
from services.ledger.store.acting import ActAnswer

ANSWERS: Final = (
    ActAnswer, ActLines, ActResults, CallsTold, CallsWaiting, CallTold, CaseShown, ClosingTimes, DepartmentsAnswers,
    Digest, DraftKept, DraftShown, DraftWithdrawn, Duplicates, Feed, Me, ModeSwitched, ModesShown, OnTimeByChannel,
    Proposals, PublishAsked, QueuePage, ReplayAsked, ReplayBegun, RollbackAsked, Roster, RulesShown, SheetsUploaded,
    ShiftEntered, ShiftKept, SwitchAsked, Timeline, VersionPublished, WhistleRates, WhistlesPage,
)  # fmt: skip
ROUTES: Final = (
    act_routes, queue_routes, case_routes, timeline_routes, count_routes, whistle_routes, me_routes, feed_routes,
    digest_routes, roster_routes, mode_routes, duplicate_routes, closing_time_routes, on_time_routes,
    call_routes,
)  # fmt: skip
"""Tried in this order, one list, no nested routers: acts and queues are what everybody asks for."""


def desk_app(desk: Desk) -> FastAPI:
    """Return the application; its own description needs a token like everything else."""
    app = new_app("Whistle desk", openapi_url=None)
    for add_routes in ROUTES:
        add_routes(app, desk)

    @app.get("/api/v1/openapi.json", include_in_schema=False)
    async def description(request: Request) -> Response:
        async with desk.reading(token_of(request), "me"):
            return json_answer(described(app))

    return app


def described(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the schemas of what goes in and out; made once."""
    document = app.openapi()
    if "Problem" not in document.setdefault("components", {}).setdefault("schemas", {}):
        document["components"]["schemas"] |= _schemas()
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def _schemas() -> dict[str, Any]:
    (act, *_), components = msgspec.json.schema_components([Act, *ANSWERS], ref_template="#/components/schemas/{name}")
    problem = {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
        },
    }
    return {**components, "Act": act, "Problem": problem}
