"""`/login`, `/logout`, `/password`: the only pages that see a password, which they neither keep nor repeat."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import FastAPI, Request
from starlette.responses import Response

from services.chassis.web.addresses import asking_address
from services.chassis.web.handlers import respond
from services.chassis.web.problems import Problem
from services.chassis.web.unexpected import problem_of
from services.desk.pages.door import form_of, is_from_here, local_path, not_from_our_page, to
from services.desk.pages.parts import PageParts
from services.desk.pages.visit import Form, Visit
from services.identity.passwords import WeakPasswordError, require_strong
from services.identity.sessions import (
    COOKIE,
    Knocked,
    begin_session,
    change_password,
    end_session,
    knock,
    password_of,
    subjects_of,
)
from services.identity.tokens import issue_token

DOOR_COOKIE: Final = "whistle_door"
LOGIN_MAX: Final = 64
PASSWORD_MAX: Final = 256

_log = structlog.get_logger("whistle.desk.accounts")


@dataclass(frozen=True, slots=True)
class LoginPages:
    """Lets people in and out."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the pages."""
        door = self.parts.door
        door.get(app, "/login", self.ask, public=True)
        door.get(app, "/password", self.ask_password)
        door.post(app, "/password", self.choose_password)
        door.post(app, "/logout", self.leave)
        app.add_api_route("/login", self.enter, methods=["POST"], include_in_schema=False, response_model=None)

    async def ask(self, visit: Visit) -> Response:
        """Show the form; its proof belongs to a cookie of this browser."""
        if visit.view.person is not None:
            return to(local_path(visit.asked("next")))
        return self._form(visit, local_path(visit.asked("next")))

    async def enter(self, request: Request) -> Response:
        """Begin a session for whoever knows the password."""
        try:
            visit = await self.parts.door.visit(request, quiet=True)
        except Exception as error:  # noqa: BLE001 -- every error is told
            return respond(problem_of(error))
        try:
            return await self._enter(visit, await form_of(request))
        except Exception as error:  # noqa: BLE001 -- every error is told, as a page
            return self.parts.door.told(visit, problem_of(error))

    async def leave(self, visit: Visit) -> Response:
        """End the session, here and in the database."""
        async with self.parts.desk.pool.acquire() as connection:
            await end_session(connection, visit.session)
        gone = to("/login")
        gone.delete_cookie(COOKIE, path="/", secure=self.parts.secure, httponly=True, samesite="lax")
        return gone

    async def ask_password(self, visit: Visit) -> Response:
        """Show the form for another password."""
        return self._password_form(visit, "")

    async def choose_password(self, visit: Visit) -> Response:
        """Change the password for whoever knows the old one; their other sessions end."""
        form, say = visit.form, self.parts.door.renderer.words.say
        old, new, again = (_secret(form, name) for name in ("old", "new", "again"))
        language = visit.view.language
        try:
            require_strong(new, visit.visitor.login)
        except WeakPasswordError as weak:
            return self._password_form(visit, say(language, f"password.{weak.reason}"))
        if new != again:
            return self._password_form(visit, say(language, "password.differ"))
        if not await self._changed(visit, old, new):
            return self._password_form(visit, say(language, "password.wrong"))
        _log.info("password changed", person=str(visit.visitor.person_id))
        return to("/")

    async def _changed(self, visit: Visit, old: str, new: str) -> bool:
        pool, passwords = self.parts.desk.pool, self.parts.passwords
        login, address = visit.visitor.login, self._address(visit.request)
        async with pool.acquire() as connection:
            knocked = await knock(connection, login, address)
            _require_turn(knocked)
            stored = await password_of(connection, visit.session)
        if stored is None or not await passwords.matches(old, stored):
            return False
        fresh = await passwords.hashed(new)
        async with pool.acquire() as connection:
            return await change_password(connection, visit.session, stored, fresh)

    async def _enter(self, visit: Visit, form: Form) -> Response:
        pin = visit.request.cookies.get(DOOR_COOKIE, "")
        expected = self.parts.door.proof(b"door/" + pin.encode())
        if not pin or not is_from_here(visit.request) or not hmac.compare_digest(form.text("proof"), expected):
            raise not_from_our_page()
        login, address = form.text("login").lower()[:LOGIN_MAX], self._address(visit.request)
        async with self.parts.desk.pool.acquire() as connection:
            knocked = await knock(connection, login, address)
        _require_turn(knocked)
        if not await self.parts.passwords.matches(_secret(form, "password"), knocked.password_hash):
            _log.warning("log-in refused", person=str(knocked.person_id or ""))
            return self._form(visit, local_path(form.text("next")), login, wrong=True)
        return await self._begun(visit, knocked, login, local_path(form.text("next")))

    async def _begun(self, visit: Visit, knocked: Knocked, login: str, following: str) -> Response:
        token, limits = issue_token(), self.parts.limits
        subjects = subjects_of(login, self._address(visit.request))
        async with self.parts.desk.pool.acquire() as connection:
            if visit.token_hash is not None:
                await end_session(connection, visit.token_hash)
            if not await begin_session(connection, knocked, token, subjects, limits):
                return self._form(visit, following, login, wrong=True)
        _log.info("logged in", person=str(knocked.person_id))
        entered = to(following)
        entered.set_cookie(
            COOKIE,
            token.secret,
            max_age=int(limits.at_most.total_seconds()),
            path="/",
            secure=self.parts.secure,
            httponly=True,
            samesite="lax",
        )
        return entered

    def _form(self, visit: Visit, following: str, login: str = "", *, wrong: bool = False) -> Response:
        renderer, pin = self.parts.door.renderer, secrets.token_urlsafe(24)
        refused = renderer.words.say(visit.view.language, "login.wrong") if wrong else ""
        page = renderer.page(
            "login/login.html",
            visit.view,
            status=401 if wrong else 200,
            proof=self.parts.door.proof(b"door/" + pin.encode()),
            next=following,
            login=login,
            refused=refused,
        )
        page.set_cookie(
            DOOR_COOKIE, pin, max_age=3600, path="/login", secure=self.parts.secure, httponly=True, samesite="strict"
        )
        return page

    def _password_form(self, visit: Visit, refused: str) -> Response:
        unit_name = self.parts.names.unit(visit.visitor.unit)
        return self.parts.door.renderer.page(
            "login/password.html",
            visit.view,
            status=422 if refused else 200,
            refused=refused,
            unit_name=unit_name,
        )

    def _address(self, request: Request) -> str:
        return asking_address(request.scope, self.parts.proxies)


def _secret(form: Form, name: str) -> str:
    # As typed: a password may begin or end with a space.
    value = form.data.get(name)
    return value[:PASSWORD_MAX] if isinstance(value, str) else ""


def _require_turn(knocked: Knocked) -> None:
    if knocked.wait_seconds > 0:
        headers = {"Retry-After": str(knocked.wait_seconds)}
        raise Problem("too-many-tries", "Too many tries", 429, headers=headers)
