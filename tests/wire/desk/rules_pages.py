"""The rules page in a test: a town with a version in force, whose people come with browsers and sheets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
from obstore.store import MemoryStore
from prometheus_client import CollectorRegistry

from services.chassis.pages.rendering import Renderer
from services.chassis.web.cursors import Cursors
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics
from services.desk.api.app import desk_app
from services.desk.api.desk import Desk
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import PerformActs
from services.desk.metrics import DeskMetrics
from services.desk.pages.adding import add_pages
from services.desk.pages.door import Door
from services.desk.pages.naming import Names
from services.desk.pages.parts import FOLDER, PageParts
from services.desk.store.pictures import WorkPictures
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.folders import files_of
from services.worktime.calendar import SHANGHAI
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.sheets_of import read_sheets, write_sheets
from tests.unit.reference.town import MORNING
from tests.wire.desk.pages import Browser, no_window, the_hash, the_keys
from tests.wire.ledger.moving_town import Town, a_town

BYTES_MAX: Final = 1024 * 1024


@dataclass
class RulesDesk:
    """The desk of a town."""

    town: Town
    app: Any
    version: ReferenceVersion
    """What is in force at first: its sheets are a small town's."""
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def browser_of(self, role: str) -> Browser:
        """Return the browser of the town's person with the role, who has logged in and looks at the rules."""
        if role not in self.browsers:
            sql = f"select identity.open_account('{an_id(role)}', '{role.replace('_', '-')}', '{the_hash()}', false)"
            self.town.database.run_sql(sql)
            browser = Browser(self.app)
            answer = await browser.log_in(role.replace("_", "-"))
            assert answer.status_code == 303, answer.text
            self.browsers[role] = browser
        await self.browsers[role].get("/rules")
        return self.browsers[role]

    async def upload(self, browser: Browser, note: str = "雨水箅改派", **files: bytes) -> httpx2.Response:
        """Upload sheets, each named `rules_csv` for rules.csv."""
        sent = [("sheets", (name.replace("__", "."), content)) for name, content in files.items()]
        answer = await browser.post("/rules/drafts", {"note": note}, files=sent)
        if answer.status_code == 303:
            await browser.get(answer.headers["location"])
        return answer

    def sheet(self, name: str, *changes: tuple[str, str]) -> bytes:
        """Return a sheet of the first version as CSV, with some texts replaced."""
        text = files_of(self.version, "csv-plain")[f"{name}.csv"].decode()
        for old, new in changes:
            assert old in text, f"{old!r} is not in the sheet"
            text = text.replace(old, new)
        return text.encode()


@asynccontextmanager
async def a_rules_desk(database: Database, folder: Path) -> AsyncIterator[RulesDesk]:
    """Open the desk of a town whose first version is in force; nothing was delegated there."""
    write_sheets(folder)
    version = read_sheets(folder, delegated=False)
    async with a_town(database, version, MORNING) as town:
        await town.reference.refresh()
        metrics = DeskMetrics.create(CollectorRegistry(), ACT_TYPES)
        desk = Desk(
            pool=town.desk,
            acts=PerformActs(ledger=town.acting, metrics=metrics),
            versions=town.cities,
            cursors=Cursors(b"a key of the test's own"),
            metrics=metrics,
        )
        renderer = Renderer([FOLDER], SHANGHAI)
        parts = PageParts(
            desk=desk,
            door=Door(pool=desk.pool, renderer=renderer, secret=b"a key of the test's own"),
            names=Names(town.reference),
            keys=the_keys(),
            pictures=WorkPictures(MemoryStore()),
            window=no_window(),
            secure=False,
        )
        app = desk_app(desk)
        add_pages(app, parts)
        yield RulesDesk(town, Edge(app, HttpMetrics(CollectorRegistry(), "rules"), BodyLimits(BYTES_MAX)), version)
