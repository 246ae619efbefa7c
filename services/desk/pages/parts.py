"""What the pages of staff are put together from."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from services.chassis.sealing import Keys
from services.chassis.web.addresses import Network
from services.desk.api.desk import Desk
from services.desk.pages.door import Door
from services.desk.pages.meaning import meaning_of
from services.desk.pages.naming import Names
from services.desk.pages.remaining import worked
from services.desk.pages.visit import Visit
from services.desk.ports import Window
from services.desk.store.drafting import Drafting
from services.desk.store.pictures import WorkPictures
from services.identity.passwords import Passwords
from services.identity.sessions import SessionLimits

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class PageParts:
    """Everything a page may need; put together in `__main__`."""

    desk: Desk
    door: Door
    names: Names
    keys: Keys
    pictures: WorkPictures
    window: Window
    """Where a counter hands its reports in."""
    passwords: Passwords = field(default_factory=Passwords)
    limits: SessionLimits = field(default_factory=SessionLimits)
    proxies: tuple[Network, ...] = ()
    secure: bool = True
    """Cookies travel over TLS only; off for a demo on one machine."""
    board_url: str = ""
    """Where browsers reach the board's snapshot and feed; empty: the same origin."""
    drafting: Drafting = field(init=False)
    """What the rules page and the rules' API do."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "drafting", Drafting(self.desk.pool, self.names.latest))

    def page(self, visit: Visit, template: str, *, status: int = 200, **given: Any) -> Response:
        """Answer a page of staff: names of units, items and places are at the template's hand."""
        names, view = self.names, visit.view
        more = {
            "unit_name": names.unit(view.person.unit) if view.person is not None else "",
            "unit": names.unit,
            "item": lambda code: names.item(code, view.language),
            "place": names.place,
            "meaning": partial(meaning_of, now=view.now),
            "worked": partial(worked, partial(self.door.renderer.words.say, view.language)),
        }
        return self.door.renderer.page(template, view, status=status, **more, **given)
