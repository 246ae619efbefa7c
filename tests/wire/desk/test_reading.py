"""What people see at the desk: their own, in the order it is due, and nothing that shows there is more."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from fastapi.routing import APIRoute

from services.contracts.events import Place
from services.desk.api.app import desk_app
from tests.builders import an_id
from tests.wire.desk.office import ANSWER, Office, token_of

pytestmark = pytest.mark.postgres

ELSEWHERE = {"place": Place(subdistrict="sub-02")}


async def test_each_department_finds_what_is_expected_of_it(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))

    (lead,), (part,) = await office.queue("drainage"), await office.queue("works")

    assert (lead["number"], lead["expected"], lead["role"]) == ("20260302-case", "sign_in", "lead")
    assert lead["place"] == {"subdistrict": "sub-01", "community": "com-0101", "grid": "grid-1"}
    assert (lead["due_at"], lead["expected_by"]) == ("2026-03-03T01:00:00Z", "2026-03-02T07:00:00Z")
    assert (part["expected"], part["role"], part["revision"]) == ("sign_in", "cooperating", 1)


async def test_what_is_expected_follows_the_case(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))

    await office.act("drainage", "sign_in", 1)
    await office.act("works", "sign_in", 2)
    assert await expected(office, "drainage", "works", "street") == ["handle", "deliver_part", None]

    await office.act("works", {"type": "deliver_part", "measure": "已清扫"}, 2)
    await office.act("drainage", ANSWER, 2)
    assert await expected(office, "drainage", "works", "street") == [None, None, "verify"]

    await office.act("street", {"type": "verify", "done": False, "note": "还有积水"}, 3)
    assert await expected(office, "drainage", "works", "street") == ["handle", None, None]


async def test_what_waits_for_others_is_shown_when_asked_for(office: Office) -> None:
    await office.open("case")
    await office.act("drainage", "sign_in", 1)
    await office.act("drainage", ANSWER, 2)

    assert await office.queue("drainage") == []
    (waiting,) = await office.queue("drainage", expected="none")
    assert (waiting["state"], waiting["expected"]) == ("handled", None)
    assert await office.queue("drainage", expected="any") == [waiting]


async def test_what_was_solved_on_the_spot_waits_for_the_street_and_the_community(office: Office) -> None:
    """Reported as solved, or solved by an act: it stands in somebody's queue until another person has looked."""
    place = Place(grid="grid-0101-11", community="com-0101", subdistrict="sub-01")
    await office.open(
        "seen",
        tier="G",
        cooperating=(),
        report={
            "place": place,
            "on_the_spot": True,
            "reporter_kind": "grid_worker",
            "channel": "grid_worker",
            "has_contact": False,
        },
    )
    await office.open("done", tier="G", lead="sub-01", cooperating=(), report={"place": place})
    await office.act("street", {"type": "resolve_on_spot", "measure": "当场清走"}, case="done")

    found = {
        who: await numbers(office, who) for who in ("street", "coordinator", "community", "other_street", "center")
    }

    both, seen = {"20260302-seen", "20260302-done"}, {"20260302-seen"}
    assert found == {
        "street": seen,  # whoever solved it does not look at it
        "coordinator": both,
        "community": both,
        "other_street": set(),
        "center": set(),
    }
    await office.act("community", {"type": "verify", "done": True}, case="seen")
    assert await numbers(office, "coordinator") == {"20260302-done"}


async def numbers(office: Office, who: str) -> set[str]:
    """Return the cases that somebody is to verify, each of which the ledger lets them."""
    return {row["number"] for row in await office.queue(who, expected="verify")}


async def test_what_no_rule_covers_waits_for_the_center_to_dispatch(office: Office) -> None:
    await office.open("case", lead="district_command_center", cooperating=(), consulting=True)

    (row,) = await office.queue("center")

    assert (row["expected"], row["state"]) == ("dispatch", "consulting")


async def test_a_street_that_leads_is_verified_by_the_center(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=())
    await office.act("street", "sign_in", 1)
    await office.act("street", ANSWER, 2)

    assert await expected(office, "street", "center") == [None, "verify"]


async def test_an_overdue_case_brings_a_card_and_a_call_to_report_in(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))
    await office.act("drainage", "sign_in", 1)
    await office.settle("2026-03-03 01:00:01+00")

    handle, report_in = await office.queue("drainage")

    assert (handle["expected"], handle["overdue"], handle["card"]) == ("handle", True, "yellow")
    assert (report_in["expected"], report_in["overdue"], report_in["whistle_open"]) == ("report_in", False, 1)
    assert report_in["due_at"] == "2026-03-04T01:00:01Z"


async def test_whoever_never_came_is_still_expected_until_the_whistle_closes(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", "sign_in", 1)
    await office.settle("2026-03-03 01:00:01+00")
    await office.settle("2026-03-04 01:00:02+00")

    (call,) = await office.queue("drainage", expected="report_in")
    assert (call["overdue"], call["card"]) == (True, "red")

    await office.act("drainage", ANSWER, 2)
    await office.act("street", {"type": "verify", "done": True}, 3)
    assert await office.queue("drainage", expected="any") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({"state": "in_progress"}, ["b"], id="by-state"),
        pytest.param({"item": "0101"}, ["c"], id="by-item"),
        pytest.param({"subdistrict": "sub-02"}, ["d"], id="by-subdistrict"),
        pytest.param({"overdue": "true"}, [], id="overdue"),
        pytest.param({"overdue": "false"}, ["a", "b", "c", "d"], id="not-overdue"),
        pytest.param({"expected": "handle"}, ["b"], id="by-what-is-expected"),
        pytest.param({"expected": "sign_in"}, ["a", "c", "d"], id="by-signing-in"),
        pytest.param({"q": "20260302-c"}, ["c"], id="by-number"),
        pytest.param({"q": "20260302-%"}, [], id="a-number-is-no-pattern"),
        pytest.param({"state": "dispatched", "item": "0101", "limit": "1"}, ["c"], id="by-several"),
    ],
)
async def test_a_queue_is_filtered(office: Office, query: dict[str, str], found: list[str]) -> None:
    await office.open("a", "b")
    await office.open("c", item="0101")
    await office.open("d", report=ELSEWHERE)
    await office.act("drainage", "sign_in", 1, case="b")

    rows = await office.queue("drainage", **query)

    assert sorted(row["number"].removeprefix("20260302-") for row in rows) == found


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("department=education", id="a-parameter-that-is-none"),
        pytest.param("unit=education", id="another-unit"),
        pytest.param("state=handled&state=closed", id="a-repeated-parameter"),
        pytest.param("limit=201", id="too-many"),
        pytest.param("limit=0", id="none"),
        pytest.param("state=asleep", id="a-state-that-is-none"),
        pytest.param("item=a%00b", id="a-NUL-character"),
        pytest.param("item='; drop table ledger.cases --" + "x" * 64, id="a-long-injection"),
    ],
)
async def test_a_query_that_cannot_be_meant_is_422(office: Office, query: str) -> None:
    answer = await office.get("drainage", f"/api/v1/queue?{query}")

    assert answer.status_code == 422
    assert "education" not in answer.text
    assert "drop table" not in answer.text


async def test_pages_follow_each_other_without_gap_or_repeat(office: Office) -> None:
    await office.open(*(f"n{number}" for number in range(7)), cooperating=("municipal_works",))
    await office.open("late", cooperating=("municipal_works",))
    whole = await office.queue("drainage")

    pages, cursor = [], None
    for _ in range(4):
        query = {"limit": 3} if cursor is None else {"limit": 3, "cursor": cursor}
        page = (await office.get("drainage", "/api/v1/queue", **query)).json()
        pages += page["rows"]
        cursor = page["next"]
        if cursor is None:
            break

    assert pages == whole
    assert len({row["case_id"] for row in pages}) == 8


async def test_parts_of_one_case_that_are_due_together_fall_on_different_pages(office: Office) -> None:
    office.database.run_sql(
        "insert into identity.roles (person_id, unit, role, valid_from) "
        f"values ('{an_id('person drainage')}', 'municipal_works', 'clerk', '2026-01-01')"
    )
    await office.open("a", "b", "c", cooperating=("municipal_works",))

    seen, query = [], {"limit": 1}
    while True:
        page = (await office.get("drainage", "/api/v1/queue", **query)).json()
        seen += [(row["number"], row["unit"]) for row in page["rows"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert sorted(seen) == [(f"20260302-{case}", unit) for case in "abc" for unit in ("drainage", "municipal_works")]


async def test_a_cursor_serves_its_own_person_and_list_only(office: Office) -> None:
    await office.open("a", "b", "c")
    cursor = (await office.get("drainage", "/api/v1/queue", limit=1)).json()["next"]

    answers = [
        await office.get("works", "/api/v1/queue", limit=1, cursor=cursor),
        await office.get("drainage_too", "/api/v1/queue", limit=1, cursor=cursor),
        await office.get("drainage", "/api/v1/queue", limit=1, cursor=cursor, state="handled"),
        await office.get("drainage", "/api/v1/whistles", cursor=cursor),
        await office.get("drainage", "/api/v1/queue", cursor=cursor[:-2] + "AA"),
        await office.get("drainage", "/api/v1/queue", cursor="eyJhIjoxfQ"),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert (await office.get("drainage", "/api/v1/queue", limit=200, cursor=cursor)).status_code == 200


async def test_a_clerk_sees_nothing_of_another_department(office: Office) -> None:
    await office.open("case")
    await office.settle("2026-03-03 01:00:01+00")
    case_id = an_id("case")

    assert await office.queue("education", expected="any") == []
    assert (await office.get("education", "/api/v1/whistles")).json()["rows"] == []
    for path in (f"/api/v1/cases/{case_id}", f"/api/v1/cases/{case_id}/timeline", "/api/v1/cases?number=20260302-case"):
        assert (await office.get("education", path)).status_code == 404
        assert (await office.get("drainage", path)).status_code == 200


async def test_a_foreign_case_and_an_unknown_one_answer_alike(office: Office) -> None:
    await office.open("case")
    headers = {"Authorization": f"Bearer {token_of('education').secret}", "X-Request-Id": "the-same-request"}

    answers = [
        await office.client.get(f"/api/v1/cases/{case_id}{rest}", headers=headers)
        for rest in ("", "/timeline")
        for case_id in (an_id("case"), uuid4(), "no-id-at-all")
    ]

    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1


async def test_an_accused_department_sees_nothing_of_the_complaint(office: Office) -> None:
    await office.open("case", report={"accused": ("drainage",)})

    assert await office.queue("drainage", expected="any") == []
    assert (await office.get("drainage", f"/api/v1/cases/{an_id('case')}")).status_code == 404
    (row,) = await office.queue("center")
    assert row["expected"] == "dispatch"


async def test_a_sensitive_lane_is_closed_to_street_and_center(office: Office) -> None:
    await office.open("case", lead="drainage", cooperating=(), report={"lane": "petition"})

    for who in ("drainage", "street", "center"):
        assert await office.queue(who, expected="any") == []


async def test_a_revoked_token_and_an_ended_role_count_at_once(office: Office) -> None:
    await office.open("case")
    assert len(await office.queue("drainage")) == 1

    office.database.run_sql(f"select identity.revoke_token('{token_of('drainage').prefix}')")
    person = an_id("person drainage_too")
    office.database.run_sql(f"update identity.roles set valid_to = '2026-02-01' where person_id = '{person}'")

    for who in ("drainage", "drainage_too"):
        assert (await office.get(who, "/api/v1/queue")).status_code == 401
        assert (await office.act(who, "sign_in")).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/queue", "/api/v1/me", "/api/v1/whistles", "/api/v1/openapi.json"])
async def test_without_a_token_nothing_is_answered(office: Office, path: str) -> None:
    secret = token_of("drainage").secret
    answers = [
        await office.get(None, path),
        await office.get(None, path, access_token=secret),
        await office.get("drainage", path, token=secret),
        await office.get("a stranger", path),
        await office.client.get(path, headers={"Authorization": f"Basic {secret}"}),
        await office.client.get(path, headers={"X-User-Id": str(an_id("person drainage"))}),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
    assert (await office.get("drainage", path)).status_code == 200


async def test_no_route_forgets_to_ask_for_a_token(office: Office) -> None:
    routes = [route for route in desk_app(office.desk).routes if isinstance(route, APIRoute)]

    for route in routes:
        (method,) = route.methods or {"none"}
        path = route.path.format(
            case_id=an_id("case"),
            other=an_id("other"),
            unit="drainage",
            shift_id=an_id("shift"),
            profile="flood",
            answer_id=an_id("answer"),
        )
        answer = await office.client.request(method, path, content=b"{}")
        assert answer.status_code == 401, route.path
    assert len(routes) == 25


async def test_a_case_tells_where_it_stands_and_what_its_reader_may_do(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))
    await office.act("drainage", "sign_in", 1)
    await office.settle("2026-03-03 01:00:01+00")

    answer = await office.get("drainage", f"/api/v1/cases/{an_id('case')}")
    case = answer.json()

    assert answer.headers["etag"] == '"2"' == f'"{case["revision"]}"'
    assert answer.headers["cache-control"] == "no-store"
    assert (case["state"], case["text"], case["because"]["matched"]) == ("in_progress", "井盖缺失", ["item 0203"])
    assert [(part["unit"], part["mine"]) for part in case["assignments"]] == [
        ("drainage", True),
        ("municipal_works", False),
    ]
    assert [(call["unit"], call["state"]) for call in case["whistle"]["calls"]] == [
        ("drainage", "called"),
        ("municipal_works", "called"),
    ]
    assert case["may"] == [
        "return", "handle", "note", "report_in", "refuse_call", "step_up", "assign_branch", "ask_extension",
        "ask_suspension", "explain", "correct",
    ]  # fmt: skip
    assert not {"barred_units", "units", "handler", "decision"} & set(case)


async def test_what_a_case_says_one_may_do_is_what_the_ledger_allows(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))

    told = {who: (await office.get(who, f"/api/v1/cases/{an_id('case')}")).json()["may"] for who in
            ("drainage", "works", "street", "center", "community")}  # fmt: skip

    assert told == {
        "drainage": ["sign_in", "return", "note", "step_up", "assign_branch", "correct"],
        "works": ["sign_in", "deliver_part", "note", "assign_branch"],
        "street": ["note", "whistle", "assign_branch", "hand_over", "correct", "merge"],
        "center": ["dispatch", "supervise", "note", "reject", "hand_over", "consult", "correct", "merge"],
        "community": ["note", "whistle"],
    }


async def test_what_waits_for_a_decision_stands_in_the_queue_of_whoever_decides(office: Office) -> None:
    await office.open("longer", "pause", "talk", cooperating=())
    for case in ("longer", "pause"):
        await office.act("drainage", "sign_in", 1, case=case)
    await office.act("drainage", {"type": "ask_extension", "by": "1wd", "reason": "备件在途"}, 2, case="longer")
    await office.act("drainage", {"type": "ask_suspension", "reason": "等雨停", "condition": "雨停"}, 2, case="pause")
    await office.act("center", {"type": "consult", "reason": "职责交叉"}, 1, case="talk")

    waiting = {
        who: [(row["number"].removeprefix("20260302-"), row["expected"]) for row in await office.queue(who)
              if row["role"] == "reviewing"]
        for who in ("center", "drainage", "drainage_too", "street", "other_street")
    }  # fmt: skip
    decided = await office.queue("center", expected="review")

    assert {who: sorted(rows) for who, rows in waiting.items()} == {
        "center": [("longer", "review"), ("talk", "dispatch")],
        "drainage": [],
        "drainage_too": [("pause", "review")],
        "street": [("pause", "review")],
        "other_street": [],
    }
    assert [row["expected"] for row in decided] == ["review"]


async def test_the_timeline_tells_who_when_why_and_how_every_deadline_came_about(office: Office) -> None:
    await office.open("case", cooperating=())
    await office.act("drainage", "sign_in", 1)

    page = (await office.get("street", f"/api/v1/cases/{an_id('case')}/timeline")).json()

    assert [entry["what"]["type"] for entry in page["entries"]] == ["reported", "accepted", "opened", "signed_in"]
    assert page["entries"][2]["why"]["matched"] == ["item 0203"]
    assert (page["entries"][2]["why"]["rule"], page["entries"][2]["why"]["reference_version"]) == ("item-0203", 1)
    assert page["entries"][3]["who"] == {"unit": "drainage", "role": "clerk", "person": str(an_id("person drainage"))}
    promise = next(clock for clock in page["clocks"] if clock["kind"] == "promise")
    assert (promise["limit"], promise["due_at"]) == ("2wd", "2026-03-04T01:00:00Z")
    assert promise["segments"][0] == ["2026-03-02T01:00:00Z", "2026-03-02T04:00:00Z"]
    assert (len(promise["segments"]), promise["provisional"], promise["on_time"]) == (5, False, None)


async def test_a_long_timeline_is_read_in_stretches(office: Office) -> None:
    await office.open("case")
    for number in range(4):
        await office.act("drainage", {"type": "note", "kind": "log", "text": f"第{number}次到现场"})
    path = f"/api/v1/cases/{an_id('case')}/timeline"

    first = (await office.get("drainage", path, limit=3)).json()
    second = (await office.get("drainage", path, limit=3, after=first["next_after"])).json()

    versions = [entry["version"] for page in (first, second) for entry in page["entries"]]
    assert versions == [0, 0, 1, 2, 3, 4, 5]
    assert second["next_after"] is None


async def test_the_street_sees_who_came_to_its_whistle(office: Office) -> None:
    await office.open("case", cooperating=("municipal_works",))
    await office.act("coordinator", {"type": "whistle", "kind": "public_demand", "reason": "多日未办"})
    await office.act("drainage", {"type": "report_in", "place": "现场"})

    (whistle,) = (await office.get("street", "/api/v1/whistles", open="true")).json()["rows"]

    assert (whistle["case_number"], whistle["automatic"], whistle["lead"]) == ("20260302-case", False, "drainage")
    assert [(call["unit"], call["state"], call["late"]) for call in whistle["calls"]] == [
        ("drainage", "reported_in", False),
        ("municipal_works", "called", False),
    ]
    assert (await office.get("street", "/api/v1/whistles", open="false")).json()["rows"] == []
    assert len((await office.get("center", "/api/v1/whistles")).json()["rows"]) == 1
    assert (await office.get("other_street", "/api/v1/whistles")).json()["rows"] == []


@pytest.mark.parametrize("which", ["open", "closed"])
async def test_whistles_come_in_pages(office: Office, which: str) -> None:
    names = [f"n{number}" for number in range(5)]
    await office.open(*names)
    for name in names:
        await office.act("coordinator", {"type": "whistle", "kind": "public_demand", "reason": "多日未办"}, case=name)
    if which == "closed":
        office.database.run_sql("update ledger.whistles set closed_at = blown_at")

    seen: list[str] = []
    query: dict[str, Any] = {"open": which == "open", "limit": 2}
    while True:
        page = (await office.get("street", "/api/v1/whistles", **query)).json()
        seen += [row["case_number"] for row in page["rows"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert sorted(seen) == [f"20260302-{name}" for name in names]


async def test_me_is_whoever_the_token_says(office: Office) -> None:
    told = (await office.get("street", "/api/v1/me")).json()

    assert told == {
        "person_id": str(an_id("person street")),
        "name": "某某",
        "unit": "sub-01",
        "role": "subdistrict_officer",
        "units": ["sub-01"],
        "lanes": ["ordinary"],
        "roles": ["subdistrict_officer"],
    }


async def test_the_description_names_every_schema_it_refers_to(office: Office) -> None:
    text = (await office.get("drainage", "/api/v1/openapi.json")).text

    document = msgspec.json.decode(text)
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in document["components"]["schemas"]
    act = document["paths"]["/api/v1/cases/{case_id}/acts"]["post"]
    assert {told["name"] for told in act["parameters"]} == {"case_id", "If-Match", "Idempotency-Key"}
    assert "http" not in text.replace('"type":"http"', "")


async def expected(office: Office, *people: str) -> list[str | None]:
    """Return what each person's only row expects; None for an empty queue."""
    rows = [await office.queue(who) for who in people]
    return [page[0]["expected"] if page else None for page in rows]


async def test_the_timeline_tells_who_was_told_and_never_where(office: Office) -> None:
    """A street's robot, a department's system and the reporter; what nobody was told of stands beside nothing."""
    await office.open("case")
    subscriptions = {"street": "subdistrict_officer", "drainage": "*"}
    for who, role in subscriptions.items():
        unit = "sub-01" if who == "street" else who
        office.database.run_sql(
            "insert into notify.subscriptions (subscription_id, unit, role, events, channel, url, destination, key_id,"
            f" wrapped_key, secret, secret_tail) values ('{an_id(who)}', '{unit}', '{role}', '{{*}}', 'webhook',"
            " 'https://robots.example/secret-path', 'robots.example:443', 'k1', '\\x00', '\\x00', 'tail')"
        )
    office.database.run_sql(
        f"insert into notify.messages (case_id, version, recipient, state, message_id, destination, next_at, sent_at)"
        f" values ('{an_id('case')}', 1, '{an_id('street')}', 'sent', gen_random_uuid(), 'd', null, '2026-03-02'),"
        f" ('{an_id('case')}', 1, '{an_id('drainage')}', 'failed', gen_random_uuid(), 'd', '2026-03-02', null),"
        f" ('{an_id('case')}', 2, 'none', 'none', null, null, null, null)"
    )
    office.database.run_sql(
        "insert into notify.answers (report_id, kind, cycle, case_id, version, state, message_id, body)"
        f" values (gen_random_uuid(), 'accepted', 1, '{an_id('case')}', 1, 'by_person', gen_random_uuid(), '\\x00')"
    )
    path = f"/api/v1/cases/{an_id('case')}/timeline"

    answer = await office.get("street", path)

    opened = answer.json()["entries"][2]
    assert [(one["unit"], one["role"], one["channel"], one["state"]) for one in opened["told"]] == [
        ("", "resident", "", "by_person"),
        ("drainage", "*", "webhook", "failed"),
        ("sub-01", "subdistrict_officer", "webhook", "sent"),
    ]
    assert "robots.example" not in answer.text
    assert (await office.get("other_street", path)).status_code == 404
