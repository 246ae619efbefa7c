"""What is counted over periods: one way to ask and to answer."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fastapi import Request
from starlette.responses import Response

from services.chassis.web.problems import invalid
from services.desk.api.answering import json_answer
from services.desk.api.asking import asked_in, token_of
from services.desk.api.desk import Desk
from services.desk.metrics import Read
from services.desk.queries.asking import Asking

Asked = TypeVar("Asked")


async def counted_over(
    desk: Desk, request: Request, what: Read, kind: type[Asked], count: Callable[[Asking, Asked], Awaitable[object]]
) -> Response:
    """Answer with what was counted; a period that cannot be is the query's mistake, a Problem: 422."""
    token, asked = token_of(request), asked_in(request, kind)
    async with desk.reading(token, what) as asking:
        try:
            return json_answer(await count(asking, asked))
        except ValueError as error:
            raise invalid([{"field": "since", "reason": str(error)}]) from None
