"""S1-05: accepted objection creates a rule-change proposal with diff."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from services.desk.queries.asking import asking
from services.desk.queries.precedents import precedents_of
from services.identity.tokens import hash_of
from services.reference.versions.precedents import Precedent, proposals_of, with_lead
from tests.builders import a_dispatched_case
from tests.environment.database import Database
from tests.unit.reference.town import the_town
from tests.wire.desk.office import Office, token_of
from tests.wire.desk.rules_pages import RulesDesk, a_rules_desk

PASS_ON: Final = {"type": "return", "reason": "雨水箅属环卫清掏", "suggested": "sanitation"}
HANDS_CHANGED: Final = (
    "update ledger.cases set tried = '{drainage}', lead = 'police', signed_in_at = clock.now() where number ~ 'passed'"
)
OBJECTION: Final = Precedent("20260302-1", "0203", "drainage", "police")


async def precedents(office: Office) -> list[Precedent]:
    async with asking(office.desk.pool, hash_of(token_of("center").secret)) as by_the_center:
        return await precedents_of(by_the_center)


@pytest.mark.postgres
async def test_an_objection_that_held_is_a_precedent_once_another_unit_signed_in(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", PASS_ON, 1)
    before = await precedents(office)
    async with office.openings.gate() as gate:
        await gate.open_attempts([a_dispatched_case("case", attempt=2, lead="sanitation", cooperating=())])
    await office.act("sanitation", "sign_in", 3)

    assert before == []
    assert await precedents(office) == [Precedent("20260302-case", "0203", "drainage", "sanitation")]


@pytest.mark.postgres
async def test_an_objection_that_did_not_hold_is_none(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", PASS_ON, 1)
    refused = await office.act("center", {"type": "review", "granted": False, "reason": "属排水职责"}, 2)
    await office.act("drainage", "sign_in", refused.json()["revision"])

    assert await precedents(office) == []


def test_a_proposal_says_what_would_change_and_by_which_cases() -> None:
    version = the_town().version
    other = Precedent("20260302-2", "0203", "drainage", "police")

    (proposed,) = proposals_of([other, OBJECTION], version)

    assert (proposed.item, proposed.lead, proposed.proposed) == ("0203", "drainage", "police")
    assert proposed.precedents == ("20260302-1", "20260302-2")
    (change,) = proposed.changes
    assert (change.part, change.key) == ("catalogue", "0203")
    assert (change.before["lead"], change.after["lead"]) == ("drainage", "police")


def test_what_the_catalogue_says_already_is_not_proposed_again() -> None:
    assert proposals_of([OBJECTION], with_lead(the_town().version, "0203", "police")) == ()


@pytest.fixture
async def rules(database: Database, tmp_path: Path) -> AsyncIterator[RulesDesk]:
    async with a_rules_desk(database, tmp_path) as desk:
        yield desk


@pytest.mark.postgres
async def test_the_rule_owner_drafts_what_the_precedents_propose(rules: RulesDesk) -> None:
    await rules.town.open("passed-1", "passed-2", "kept")
    rules.town.database.run_sql(HANDS_CHANGED)
    owner = await rules.browser_of("rule_owner")
    assert "退单先例提出的修改" in owner.page
    assert "依据 2 件" in owner.page

    answer = await owner.post("/rules/precedents", {"item": "0203", "lead": "police"})
    await owner.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/rules?draft=2&done=drafted")
    assert "0203: drainage → police (2: 20260302-passed-1, 20260302-passed-2)" in owner.page


@pytest.mark.postgres
async def test_nothing_is_drafted_without_a_precedent(rules: RulesDesk) -> None:
    owner = await rules.browser_of("rule_owner")

    answer = await owner.post("/rules/precedents", {"item": "0203", "lead": "police"})

    assert answer.status_code == 409
