"""What precedents propose: shown beside the drafts with its difference, and drafted by the rule owner (S1-05)."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.rules.publishing import require_role
from services.desk.pages.rules.view import wording_of
from services.desk.pages.visit import Visit
from services.desk.queries.precedents import precedents_of
from services.desk.store.drafting import UPLOAD, refusals_told
from services.reference.versions.precedents import RuleProposal, proposals_of, with_lead
from services.reference.versions.publish import draft


@dataclass(frozen=True, slots=True)
class PrecedentPages:
    """Precedents become a draft, which another person publishes like any other."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the route."""
        self.parts.door.post(app, "/rules/precedents", self.draft)

    async def draft(self, visit: Visit) -> Response:
        """Draft the version in force with the lead that precedents propose for an item."""
        require_role(visit, *UPLOAD)
        code, lead = visit.form.text("item"), visit.form.text("lead")
        proposed = await proposed_now(self.parts, visit)
        chosen = next((one for one in proposed if (one.item, one.proposed) == (code, lead)), None)
        if chosen is None:
            raise Problem("no-precedent", "No precedent", 409, "The rules moved on, or nobody passed such a case on.")
        version = with_lead(self.parts.names.latest().version, code, lead)
        with refusals_told():
            async with self.parts.desk.pool.acquire() as connection, connection.transaction():
                drafted = await draft(connection, version, chosen.reason, visit.session)
        return to(f"/rules?draft={drafted}&done=drafted")


async def proposed_now(parts: PageParts, visit: Visit) -> tuple[RuleProposal, ...]:
    """Return what the precedents that the visitor may see propose."""
    async with parts.desk.reading(visit.session, "rules") as asking:
        precedents = await precedents_of(asking)
    return proposals_of(precedents, parts.names.latest().version)


async def proposals_shown(parts: PageParts, visit: Visit) -> list[dict[str, Any]]:
    """Return the proposals with their differences in words."""
    wording = wording_of(parts, visit, parts.names.latest().version)
    return [{"proposal": one, "parts": wording.parts(one.changes)} for one in await proposed_now(parts, visit)]
