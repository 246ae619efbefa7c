"""`GET /api/v1/queue`: what is expected of my units, due first."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.bodies import json_body
from services.desk.api.answering import json_answer, query_told, told
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk, list_scope
from services.desk.domain.cards import worst_card
from services.desk.domain.queue import FoundTask, QueueAsked, QueuePage, QueuePlace, QueueTask, shown
from services.desk.queries.queue import place_of, tasks_of


def queue_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes to `app`."""

    @app.get("/api/v1/queue", responses=told(QueuePage, 400, 422), openapi_extra=query_told(QueueAsked))
    async def queue(request: Request) -> Response:
        """What is expected of the caller's units now: assignments, calls of open whistles, verifications; due first.

        A row's `revision` is what the act's `If-Match` wants.
        """
        token, asked = token_of(request), asked_in(request, QueueAsked)
        filtered = asked.filter()
        async with desk.reading(token, "queue") as asking:
            scope = list_scope("queue", asking, json_body(filtered).decode())
            after = desk.cursors.open(asked.cursor, scope, QueuePlace) if asked.cursor else None
            found = await tasks_of(asking, filtered, after, asked.limit + 1)
        tasks = found.tasks[: asked.limit]
        more = len(found.tasks) > asked.limit
        following = desk.cursors.seal(_values(place_of(tasks[-1])), scope) if more else None
        rows = tuple([await _row(task) for task in tasks])
        return json_answer(QueuePage(at=found.at, rows=rows, next=following))

    async def _row(task: FoundTask) -> QueueTask:
        city = await desk.versions.of(task.reference_version)
        return shown(task, worst_card(task.clocks(), city.policies))


def _values(place: QueuePlace) -> tuple[object, ...]:
    return (place.due_at, place.case_id, place.part)
