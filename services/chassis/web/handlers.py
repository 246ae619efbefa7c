"""Puts problems in the place of FastAPI's own error answers."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.chassis.web.problems import MEDIA_TYPE, Problem, invalid, of_status
from services.chassis.web.unexpected import problem_of


def respond(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers, MEDIA_TYPE)


def install_problems(app: FastAPI) -> FastAPI:
    """Answer every error of `app` as RFC 9457: our own, validation, 404, 405, 413 and the unexpected."""

    async def on_problem(_: Request, error: Exception) -> Response:
        return respond(problem_of(error))

    async def on_validation(_: Request, error: Exception) -> Response:
        found: Any = error.errors() if isinstance(error, RequestValidationError) else ()
        named = [{"field": ".".join(map(str, one["loc"])), "reason": one["msg"]} for one in found[:50]]
        return respond(invalid(named))

    async def on_http(_: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return respond(of_status(500))
        headers = dict(error.headers or {})
        return respond(of_status(error.status_code, headers=headers))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_problem)
    return app


def new_app(title: str, **options: Any) -> FastAPI:
    """Return a FastAPI application that answers problems and shows no documentation page from elsewhere."""
    return install_problems(FastAPI(title=title, docs_url=None, redoc_url=None, **options))
