"""One request for a page: who asks, how it is to look, and what a form said."""

from dataclasses import dataclass, field
from uuid import UUID

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from services.chassis.pages.rendering import Viewing
from services.chassis.web.problems import of_status
from services.desk.handlers import nobody
from services.desk.queries.visitors import Visitor

TEXT_MAX = 4_000


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in; every value is text, cut of spaces around it."""

    data: FormData = field(default_factory=FormData)

    def text(self, name: str) -> str:
        """Return the field's text, or nothing."""
        value = self.data.get(name)
        return value.strip()[:TEXT_MAX] if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return every value of a field that may be given more than once."""
        return [value.strip()[:TEXT_MAX] for value in self.data.getlist(name) if isinstance(value, str) and value]

    def identity(self, name: str) -> UUID:
        """Return an id. Raises Problem 404 for what is none: it names nothing."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise of_status(404) from None

    def number(self, name: str) -> int:
        """Return a whole number; 0 for what is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def files(self, name: str) -> list[UploadFile]:
        """Return the files chosen; browsers send an empty one when nothing was."""
        return [value for value in self.data.getlist(name) if isinstance(value, UploadFile) and value.filename]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    request: Request
    view: Viewing
    token_hash: bytes | None = None
    form: Form = field(default_factory=Form)

    @property
    def visitor(self) -> Visitor:
        """The person. Raises Problem 401 where nobody is logged in."""
        person = self.view.person
        if not isinstance(person, Visitor):
            raise nobody()
        return person

    @property
    def session(self) -> bytes:
        """The session's hash. Raises Problem 401 where nobody is logged in."""
        if self.token_hash is None:
            raise nobody()
        return self.token_hash

    @property
    def by_script(self) -> bool:
        """Whether a script of ours asks, which puts the answer into the page itself."""
        return self.request.headers.get("x-requested-with") == "page"

    def asked(self, name: str) -> str:
        """Return a parameter of the address, or nothing."""
        return self.request.query_params.get(name, "").strip()[:200]
