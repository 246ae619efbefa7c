"""The door of the pages: a cookie opens it, a form must carry its proof, and what goes wrong is said as a page.

Pages look at the cookie only and the API at the header only, so no request can mix two persons.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from services.chassis.pages.rendering import THEMES, Renderer, Viewing
from services.chassis.pages.words import language_of
from services.chassis.postgres import Pool
from services.chassis.web.handlers import respond
from services.chassis.web.problems import Problem, request_id
from services.chassis.web.unexpected import problem_of
from services.desk.pages.visit import Form, Visit
from services.desk.queries.visitors import Visitor, now_of, visitor_of
from services.identity.sessions import COOKIE, token_hash_in_cookie

LANGUAGE_COOKIE: Final = "whistle_language"
THEME_COOKIE: Final = "whistle_theme"
FIELDS_MAX: Final = 400
FILES_MAX: Final = 16
"""Sheets of a district; photos are limited where they are taken. The body's limit bounds them all together."""
FIELD_BYTES_MAX: Final = 64 * 1024

Page = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Adds pages to an application."""

    pool: Pool
    renderer: Renderer
    secret: bytes
    """Makes the proofs that forms carry."""

    def get(self, app: FastAPI, path: str, page: Page, *, public: bool = False, quiet: bool = False) -> None:
        """Answer `path`. A `public` page needs nobody logged in; a `quiet` one does not keep the session going."""

        async def answer(request: Request) -> Response:
            return await self._answered(request, page, public=public, quiet=quiet)

        app.add_api_route(path, answer, methods=["GET"], include_in_schema=False, response_model=None)

    def post(self, app: FastAPI, path: str, page: Page) -> None:
        """Take the form sent to `path` from somebody logged in."""

        async def answer(request: Request) -> Response:
            return await self._answered(request, page, posted=True)

        app.add_api_route(path, answer, methods=["POST"], include_in_schema=False, response_model=None)

    def csrf_of(self, token_hash: bytes) -> str:
        """Return the proof that a form was made for this session."""
        return self.proof(b"session/" + token_hash)

    def proof(self, subject: bytes) -> str:
        return urlsafe_b64encode(hmac.digest(self.secret, subject, "sha256")[:24]).decode()

    async def _answered(
        self, request: Request, page: Page, *, public: bool = False, quiet: bool = False, posted: bool = False
    ) -> Response:
        try:
            visit = await self.visit(request, quiet=quiet)
        except Exception as error:  # noqa: BLE001 -- every error is told, as a page
            return respond(problem_of(error))
        try:
            if not public and (refused := turned_away(visit)) is not None:
                return refused
            if posted:
                visit = await self._with_form(visit)
            return await page(visit)
        except Exception as error:  # noqa: BLE001 -- every error is told, as a page
            return self.told(visit, problem_of(error))
        finally:
            # Uploaded files lie in temporary ones until then.
            await visit.form.data.close()

    async def visit(self, request: Request, *, quiet: bool = False) -> Visit:
        """Return who asks for what; the session is looked up every time, so that an ended one has ended."""
        token_hash = token_hash_in_cookie(request.cookies.get(COOKIE))
        async with self.pool.acquire() as connection:
            visitor = None if token_hash is None else await visitor_of(connection, token_hash, quiet=quiet)
            now = await now_of(connection)
        cookies, theme = request.cookies, request.cookies.get(THEME_COOKIE, "")
        view = Viewing(
            language=language_of(cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")),
            now=now,
            theme=theme if theme in THEMES else "",
            csrf=self.csrf_of(token_hash) if token_hash is not None and visitor is not None else "",
            path=_address(request),
            person=visitor,
        )
        return Visit(request=request, view=view, token_hash=token_hash if visitor else None)

    def told(self, visit: Visit, problem: Problem) -> Response:
        """Answer a problem: as a page to people, as a document to scripts."""
        if visit.by_script:
            return respond(_in_words(self.renderer, visit, problem))
        words = _in_words(self.renderer, visit, problem)
        page = self.renderer.page(
            "frame/problem.html",
            visit.view,
            status=problem.status,
            title=words.title,
            detail=words.detail,
            request_id=request_id.get(),
        )
        for name, value in problem.headers.items():
            page.headers[name] = value
        return page

    async def _with_form(self, visit: Visit) -> Visit:
        form = await form_of(visit.request)
        proof = visit.request.headers.get("x-csrf") or form.text("csrf")
        if not is_from_here(visit.request) or not hmac.compare_digest(proof.encode(), visit.view.csrf.encode()):
            raise not_from_our_page()
        return Visit(request=visit.request, view=visit.view, token_hash=visit.token_hash, form=form)


async def form_of(request: Request) -> Form:
    """Return what the form said. Raises Problem 400 for what is no form."""
    try:
        return Form(await request.form(max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=FIELD_BYTES_MAX))
    except HTTPException as error:
        raise Problem("not-a-form", "The form cannot be read", 400, str(error.detail)[:200]) from None


def is_from_here(request: Request) -> bool:
    """Whether the browser says that a page of ours asks; old ones say nothing, and the form's proof decides."""
    return request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def not_from_our_page() -> Problem:
    return Problem("not-from-our-page", "The form is not from this page", 403, "Open the page again and repeat it.")


def local_path(text: str, otherwise: str = "/") -> str:
    """Return the path if it stays here: an address in a link must not lead elsewhere after a log-in."""
    parts = urlsplit(text)
    stays = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return text if stays and text.isprintable() and "\\" not in text else otherwise


def to(path: str) -> Response:
    """Go to another page after a form was taken."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def turned_away(visit: Visit) -> Response | None:
    """Return where somebody goes who is not logged in, or may only choose a password. Raises Problem 401 to scripts."""
    visitor = visit.view.person
    if isinstance(visitor, Visitor):
        return to("/password") if visitor.must_change and visit.request.url.path != "/password" else None
    if visit.by_script:
        raise Problem("log-in", "Log in first", 401)
    back = visit.view.path if visit.request.method == "GET" else "/"
    return to("/login?" + urlencode({"next": back}))


def _in_words(renderer: Renderer, visit: Visit, problem: Problem) -> Problem:
    """Return the problem in the person's language: by its slug where our words know it, else by its status."""
    language, say = visit.view.language, renderer.words.say_or
    title = say(language, f"problem.{problem.status}", renderer.words.say(language, "problem.unknown"))
    detail = say(language, f"refused.{problem.slug}", "") or say(language, f"problem.{problem.status}.detail", "")
    fields = ", ".join(str(error.get("field", "")) for error in problem.extensions.get("errors", ()))
    told = (detail or problem.detail or title) + (f" ({fields})" if fields else "")
    wait = problem.headers.get("Retry-After", "")
    told = told.replace("{wait}", f"{wait} s")
    if changed := problem.extensions.get("changed"):
        told = f"{told} {changed}"
    return Problem(problem.slug, title, problem.status, told, headers=problem.headers, **problem.extensions)


def _address(request: Request) -> str:
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")
