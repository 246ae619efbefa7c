"""Adds every page of staff to the desk's application, and the API of rules, which does what their page does."""

from fastapi import FastAPI

from services.desk.api.rules import rules_routes
from services.desk.pages.acting.routes import ActingPages
from services.desk.pages.board.mode import ModePages
from services.desk.pages.board.routes import BoardPages
from services.desk.pages.board.walls import WallPages
from services.desk.pages.bulletin.behind import CasesPages
from services.desk.pages.bulletin.grading import GradingPages
from services.desk.pages.bulletin.outcomes import OutcomePages
from services.desk.pages.bulletin.routes import BulletinPages
from services.desk.pages.calls.routes import CallPages
from services.desk.pages.case.routes import CasePages
from services.desk.pages.counter.routes import CounterPages
from services.desk.pages.ground.routes import GroundPages
from services.desk.pages.leading.routes import LeadingPages
from services.desk.pages.login.routes import LoginPages
from services.desk.pages.looks import LookPages
from services.desk.pages.parts import PageParts
from services.desk.pages.queue.routes import QueuePages
from services.desk.pages.rosters.routes import RosterPages
from services.desk.pages.rules.routes import RulesPages
from services.desk.pages.subdistrict.routes import SubdistrictPages


def add_pages(app: FastAPI, parts: PageParts) -> None:
    """Add the pages; each kind adds its own routes. Rules also without a page."""
    GroundPages(parts).add_to(app)
    RulesPages(parts).add_to(app)
    rules_routes(app, parts.desk, parts.drafting)
    BulletinPages(parts).add_to(app)
    CasesPages(parts).add_to(app)
    GradingPages(parts).add_to(app)
    OutcomePages(parts).add_to(app)
    RosterPages(parts).add_to(app)
    LeadingPages(parts).add_to(app)
    CounterPages(parts).add_to(app)
    CallPages(parts).add_to(app)
    WallPages(parts).add_to(app)
    for pages in (LookPages, LoginPages, QueuePages, CasePages, ActingPages, SubdistrictPages, BoardPages, ModePages):
        pages(parts).add_to(app)
