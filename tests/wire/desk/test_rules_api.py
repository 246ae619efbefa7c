"""Rules without a page: the same acts by tokens, refused and published alike, all of it in the OpenAPI document."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.identity.persons import give_token
from tests.builders import an_id
from tests.environment.database import Database
from tests.waiting import eventually
from tests.wire.desk.rules_pages import RulesDesk, a_rules_desk

pytestmark = pytest.mark.postgres

TO_POLICE = ("雨水箅;雨水口,,,,,0203,,", "雨水箅;雨水口,,,,,0203,police,")
ROOT = "/api/v1/rules"


@pytest.fixture
async def rules(database: Database, tmp_path: Path) -> AsyncIterator[RulesDesk]:
    async with a_rules_desk(database, tmp_path) as desk:
        yield desk


async def ask(rules: RulesDesk, role: str, method: str, path: str, body: Any = None) -> httpx2.Response:
    """Ask as the person with the role; nobody for an empty one."""
    transport = httpx2.ASGITransport(app=rules.app, raise_app_exceptions=False)
    headers = await bearer(rules, role) if role else {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        return await client.request(method, ROOT + path, json=body, headers=headers)


async def bearer(rules: RulesDesk, role: str) -> dict[str, str]:
    token = await give_token(rules.town.operator, an_id(role), timedelta(hours=1))
    return {"Authorization": f"Bearer {token.secret}"}


def sheets(rules: RulesDesk, *changes: tuple[str, str]) -> dict[str, Any]:
    return {"note": "雨水箅改派", "files": {"rules.csv": b64encode(rules.sheet("rules", *changes)).decode()}}


async def test_a_draft_is_uploaded_looked_at_tried_and_published_by_another_person(rules: RulesDesk) -> None:
    drafted = (await ask(rules, "rule_owner", "POST", "/drafts", sheets(rules, TO_POLICE))).json()["draft_id"]
    path = f"/drafts/{drafted}"

    shown = (await ask(rules, "rule_owner", "GET", path)).json()
    replay = await ask(rules, "rule_owner", "POST", f"{path}/replay", {"cases": 10})
    told: dict[str, Any] = await eventually(lambda: ended(rules, path), within_seconds=60)
    own = await ask(rules, "rule_owner", "POST", f"{path}/publish", {"against": shown["against"]})
    done = await ask(rules, "center_leader", "POST", f"{path}/publish", {"against": shown["against"]})

    assert shown["draft"]["note"] == "雨水箅改派"
    assert [(one["part"], one["what"]) for one in shown["changes"]] == [("rules", "changed")]
    assert (replay.status_code, told["ended"], told["result"]["reports"]) == (200, "done", 0)
    assert (own.status_code, own.json()["type"].rpartition("/")[2].rpartition(":")[2]) == (409, "own-draft")
    assert (done.status_code, done.json()["version"], done.json()["is_late"]) == (200, 2, False)
    assert (await ask(rules, "rule_owner", "GET", "")).json()["drafts"] == []


async def ended(rules: RulesDesk, path: str) -> dict[str, Any] | None:
    replay: dict[str, Any] | None = (await ask(rules, "rule_owner", "GET", path)).json()["replay"]
    return replay if replay and replay["ended"] else None


async def test_refused_sheets_are_told_by_sheet_row_and_column(rules: RulesDesk) -> None:
    answer = await ask(rules, "rule_owner", "POST", "/drafts", sheets(rules, (",0203,", ",9999,")))

    assert answer.status_code == 422
    (first, *_) = answer.json()["refusals"]
    assert (first["sheet"], first["row"]) == ("rules", 2)
    assert "9999" in first["reason"]
    assert (await ask(rules, "rule_owner", "GET", "")).json()["drafts"] == []


async def test_a_draft_is_withdrawn_and_an_earlier_version_drafted_again(rules: RulesDesk) -> None:
    drafted = (await ask(rules, "rule_owner", "POST", "/drafts", sheets(rules, TO_POLICE))).json()["draft_id"]

    gone = await ask(rules, "rule_owner", "DELETE", f"/drafts/{drafted}")
    twice = await ask(rules, "rule_owner", "DELETE", f"/drafts/{drafted}")
    again = await ask(rules, "rule_owner", "POST", "/versions/1/rollback", {"note": "恢复原规则"})

    assert (gone.status_code, twice.status_code) == (200, 409)
    assert again.json()["draft_id"] == drafted + 1


async def test_only_their_owners_change_rules_and_nobody_without_a_token(rules: RulesDesk) -> None:
    upload = sheets(rules, TO_POLICE)
    asked = [
        ("GET", "", None),
        ("GET", "/drafts/2", None),
        ("POST", "/drafts", upload),
        ("DELETE", "/drafts/2", None),
        ("POST", "/drafts/2/replay", {}),
        ("POST", "/drafts/2/publish", {"against": 1}),
        ("POST", "/versions/1/rollback", {"note": "恢复"}),
    ]

    for method, path, body in asked:
        assert (await ask(rules, "", method, path, body)).status_code == 401, path
        assert (await ask(rules, "clerk", method, path, body)).status_code == 403, path
    assert (await ask(rules, "center_leader", "POST", "/drafts", upload)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"note": "改派", "files": {}}, id="no-files"),
        pytest.param({"note": "改", "files": {"rules.csv": ""}}, id="no-reason"),
        pytest.param({"note": "改派", "files": {"rules.csv": "not base64!"}}, id="no-base64"),
        pytest.param({"note": "改派", "files": {"../rules.csv": "aWQK"}}, id="no-sheets-name"),
        pytest.param({"note": "改派", "files": {"rules.csv": "aWQK"}, "active_from": "2020-01-01"}, id="unknown-field"),
    ],
)
async def test_what_is_no_upload_is_refused(rules: RulesDesk, body: dict[str, Any]) -> None:
    assert (await ask(rules, "rule_owner", "POST", "/drafts", body)).status_code == 422


async def test_the_document_describes_every_act(rules: RulesDesk) -> None:
    transport = httpx2.ASGITransport(app=rules.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        document = (await client.get("/api/v1/openapi.json", headers=await bearer(rules, "rule_owner"))).json()

    described = {path for path in document["paths"] if path.startswith(ROOT)}
    assert len(described) == 6
    publish = document["paths"][f"{ROOT}/drafts/{{number}}/publish"]["post"]
    assert publish["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/PublishAsked")
    assert {"SheetsUploaded", "DraftShown", "VersionPublished"} <= set(document["components"]["schemas"])
