"""The pages of the desk in a test: people log in with a browser's means, a cookie and forms."""

import re
from base64 import b64encode
from functools import cache
from typing import Any, Final

import httpx2
from obstore.store import MemoryStore

from deploy.embedded.state import PROJECT
from services.chassis.pages.rendering import Renderer
from services.chassis.sealing import Keys, keys_in
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics
from services.desk.api.app import desk_app
from services.desk.pages.adding import add_pages
from services.desk.pages.door import Door
from services.desk.pages.naming import Names
from services.desk.pages.parts import FOLDER, PageParts
from services.desk.ports import Window
from services.desk.store.pictures import WorkPictures
from services.desk.store.window import IntakeWindow
from services.identity.passwords import hash_password
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.sheets.district import read_version
from services.worktime.calendar import SHANGHAI
from tests.builders import an_id
from tests.wire.desk.office import Office

PASSWORD: Final = "correct horse battery"
BYTES_MAX: Final = 32 * 1024 * 1024
NOWHERE: Final = "http://127.0.0.1:9"


@cache
def the_district() -> CompiledReference:
    """Return the sample district, compiled once per session."""
    return compile_version(read_version(PROJECT / "deploy/reference", PROJECT / "deploy/demo/district"))


@cache
def the_keys() -> Keys:
    secret = b64encode(bytes(range(32))).decode()
    return keys_in(f'{{"current": "k1", "keys": {{"k1": "{secret}"}}}}'.encode())


@cache
def the_hash() -> str:
    return hash_password(PASSWORD)


def no_window() -> Window:
    """Return a window at which nobody answers."""
    return IntakeWindow(httpx2.AsyncClient(base_url=NOWHERE, trust_env=False))


class TheDistrict:
    """The version in force is always the sample district's."""

    def latest(self) -> CompiledReference:
        return the_district()


class Browser:
    """One person's browser without JavaScript."""

    def __init__(self, app: Any) -> None:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://desk")
        self.page = ""

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        answer = await self.client.get(path, headers=headers)
        self.page = answer.text
        return answer

    async def log_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        await self.get("/login")
        form = {"login": login, "password": password, "proof": self.field("proof"), "next": "/queue"}
        return await self.client.post("/login", data=form)

    async def post(self, path: str, form: dict[str, Any], **more: Any) -> httpx2.Response:
        """Send a form with the proof that every page carries."""
        return await self.client.post(path, data={"csrf": self.proof, **form}, **more)

    async def act(self, name: str, case: str = "case", revision: int = 1, **form: Any) -> httpx2.Response:
        """Send an act's form as the case's page has it."""
        fields = {f"f.{field}": value for field, value in form.items()}
        head = {"case": str(an_id(case)), "type": name, "revision": str(revision), "key": f"key-{name}-{case}"}
        return await self.post("/acts", {**head, **fields})

    def field(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found is not None, f"the page has no field {name}"
        return found[1]

    @property
    def proof(self) -> str:
        found = re.search(r'<meta name="csrf" content="([^"]+)"', self.page)
        return found[1] if found else ""


class Pages:
    """The desk's application with its pages, beside the office that fills it."""

    def __init__(self, office: Office, window: Window | None = None) -> None:
        self.office = office
        renderer = Renderer([FOLDER], SHANGHAI)
        app = desk_app(office.desk)
        self.parts = PageParts(
            desk=office.desk,
            door=Door(pool=office.desk.pool, renderer=renderer, secret=b"a key of the test's own"),
            names=Names(TheDistrict()),
            keys=the_keys(),
            pictures=WorkPictures(MemoryStore()),
            window=window or no_window(),
            secure=False,
        )
        add_pages(app, self.parts)
        self.app = Edge(app, HttpMetrics(office.registry, "pages"), BodyLimits(BYTES_MAX))

    def open_account(self, name: str) -> None:
        """Give a person of the office an account; the login is the name."""
        login = name.replace("_", "-")
        self.office.database.run_sql(
            f"select identity.open_account('{an_id(f'person {name}')}', '{login}', '{the_hash()}', false)"
        )

    async def browser_of(self, name: str) -> Browser:
        """Return the browser of a person who has logged in and looks at the queue."""
        self.open_account(name)
        browser = Browser(self.app)
        answer = await browser.log_in(name.replace("_", "-"))
        assert answer.status_code == 303, answer.text
        await browser.get("/queue")
        return browser
