"""Acts at the desk, on real PostgreSQL: headers that make them safe, refusals in words, and nothing lost."""

import asyncio
from typing import Any

import pytest

from services.contracts.events import Place
from tests.builders import an_id
from tests.wire.desk.office import ANSWER, Office, bearer

pytestmark = pytest.mark.postgres


async def test_a_case_goes_its_way_over_http(office: Office) -> None:
    await office.open("case")

    signed_in = await office.act("drainage", "sign_in", 1)
    handled = await office.act("drainage", ANSWER, 2)
    closed = await office.act("street", {"type": "verify", "done": True}, 3)

    assert [answer.status_code for answer in (signed_in, handled, closed)] == [200] * 3
    assert [answer.json()["state"] for answer in (signed_in, handled, closed)] == ["in_progress", "handled", "closed"]
    assert (closed.headers["etag"], closed.json()["revision"]) == ('"4"', 4)
    assert office.registry.get_sample_value("whistle_desk_acts_total", {"kind": "verify", "outcome": "done"}) == 1


async def test_a_repeat_after_a_lost_answer_answers_the_same(office: Office) -> None:
    await office.open("case")

    first = await office.act("drainage", "sign_in", 1, key="lost")
    again = await office.act("drainage", "sign_in", 1, key="lost")

    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert {**again.json(), "replayed": False} == first.json()
    assert office.count("ledger.facts") == 2


async def test_fifty_clicks_at_once_with_one_key_are_one_act(office: Office) -> None:
    await office.open("case")

    answers = await asyncio.gather(*(office.act("drainage", "sign_in", 1, key="double-click") for _ in range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert office.count("ledger.facts") == 2


async def test_the_key_of_another_act_is_refused_and_another_persons_is_not(office: Office) -> None:
    await office.open("case")
    await office.act("drainage", "sign_in", 1, key="k")

    other_act = await office.act("drainage", ANSWER, 2, key="k")
    other_person = await office.act("works", "sign_in", 2, key="k")

    assert (other_act.status_code, other_act.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert other_person.status_code == 200


async def test_two_people_deciding_at_once_are_one_winner_and_one_412(office: Office) -> None:
    await office.open("case")
    await office.act("drainage", "sign_in", 1)

    answers = await asyncio.gather(
        office.act("drainage", ANSWER, 2),
        office.act("drainage_too", {"type": "return", "reason": "不归我们管", "suggested": "sanitation"}, 2),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]
    stale = next(answer for answer in answers if answer.status_code == 412)
    assert (stale.headers["etag"], stale.json()["revision"]) == ('"3"', 3)


async def test_a_refused_act_still_commits_what_was_owed(office: Office) -> None:
    await office.open("case")
    office.at("2026-03-03 01:00:00+00")

    refused = await office.act("drainage", ANSWER, 1)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-in-this-state")
    assert office.count("ledger.whistles") == 1
    assert office.count("ledger.acts") == 0


@pytest.mark.parametrize(
    ("revision", "key", "status"),
    [
        pytest.param(None, "", 428, id="without-if-match"),
        pytest.param(1, "-", 400, id="without-a-key"),
        pytest.param(1, "k" * 10_240, 400, id="with-a-key-of-10-KiB"),
        pytest.param(7, "", 412, id="with-another-revision"),
    ],
)
async def test_an_act_needs_its_headers(office: Office, revision: int | None, key: str, status: int) -> None:
    await office.open("case")

    answer = await office.act("drainage", "sign_in", revision, key=key)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert office.count("ledger.facts") == 1


@pytest.mark.parametrize(
    "act",
    [
        pytest.param({"type": "sign_in", "version": 9}, id="an-extra-version"),
        pytest.param({"type": "sign_in", "unit": "education"}, id="another-unit"),
        pytest.param({"type": "close"}, id="an-act-that-is-none"),
        pytest.param({"type": "note", "kind": "log", "text": "a\x00b"}, id="a-NUL-character"),
        pytest.param({"type": "handle", "measure": "清掏"}, id="three-of-four-elements-missing"),
    ],
)
async def test_a_body_that_says_more_or_less_is_422_and_changes_nothing(office: Office, act: dict[str, Any]) -> None:
    await office.open("case")

    answer = await office.act("drainage", act)

    assert answer.status_code == 422
    assert office.count("ledger.facts") == 1


PERMITTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "sign_in": ({"type": "sign_in"}, {"drainage", "works"}),
    "return": ({"type": "return", "reason": "不归我们管", "suggested": "traffic_police"}, {"drainage"}),
    "dispatch": ({"type": "dispatch", "lead": "sanitation", "reason": "改派环卫"}, {"center"}),
    "whistle": ({"type": "whistle", "kind": "public_demand", "reason": "多日未办"}, {"street", "community"}),
    "report_in": ({"type": "report_in"}, set()),
    "deliver_part": ({"type": "deliver_part", "measure": "已清扫"}, {"works"}),
    "supervise": ({"type": "supervise", "reason": "群众反映强烈"}, {"center"}),
    "note": (
        {"type": "note", "kind": "log", "text": "已到现场"},
        {"drainage", "works", "street", "center", "community"},
    ),
    "reject": ({"type": "reject", "because": "statutory_channel", "explanation": "应走诉讼渠道"}, {"center"}),
    "hand_over": ({"type": "hand_over", "to": "119", "note": "现场起火"}, {"center", "street"}),
    "consult": ({"type": "consult", "reason": "职责不清"}, {"center"}),
}
"""Which act, by whom, on a case just dispatched to drainage with municipal works."""


@pytest.mark.parametrize("kind", PERMITTED)
async def test_an_act_is_done_by_those_whose_it_is_and_refused_to_the_rest(office: Office, kind: str) -> None:
    act, allowed = PERMITTED[kind]
    who = ("drainage", "works", "street", "center", "community", "education", "other_street")
    await office.open(*who, cooperating=("municipal_works",))

    statuses = {name: (await office.act(name, act, case=name)).status_code for name in who}

    expected = {name: 200 if name in allowed else 403 for name in who} | {"education": 404, "other_street": 404}
    assert statuses == expected


async def test_whoever_handled_does_not_verify(office: Office) -> None:
    await office.open("case", lead="sub-01", cooperating=())
    await office.act("street", "sign_in", 1)
    await office.act("street", ANSWER, 2)

    answer = await office.act("street", {"type": "verify", "done": True}, 3)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours-to-do")


async def test_a_bulk_call_gives_each_line_its_own_result(office: Office) -> None:
    await office.open("mine", "stale", lead="drainage")
    await office.open("foreign", lead="education", cooperating=(), report={"place": Place(subdistrict="sub-02")})
    lines = [bulk_line("mine", 1), bulk_line("stale", 9), bulk_line("foreign", 1), bulk_line("unknown", 1)]

    answer = await office.client.post("/api/v1/acts:batch", json={"acts": lines}, headers=bearer("drainage"))

    results = answer.json()["results"]
    assert [result["status"] for result in results] == [200, 412, 404, 404]
    assert results[0]["answer"]["state"] == "in_progress"
    assert without_instance(results[2]["problem"]) == without_instance(results[3]["problem"])
    assert (await office.get("education", "/api/v1/queue")).json()["rows"][0]["expected"] == "sign_in"


async def test_more_than_a_hundred_acts_in_one_call_are_refused(office: Office) -> None:
    lines = [bulk_line("case", 1) for _ in range(101)]

    answer = await office.client.post("/api/v1/acts:batch", json={"acts": lines}, headers=bearer("drainage"))

    assert answer.status_code == 422


async def test_acts_wait_while_the_clocks_disagree(office: Office) -> None:
    await office.open("case")
    office.database.run_sql("insert into ledger.clock_stop (reason) values ('test')")

    stopped = await office.act("drainage", "sign_in", key="k")
    office.database.run_sql("delete from ledger.clock_stop")
    confirmed = await office.act("drainage", "sign_in", key="k")

    assert (stopped.status_code, int(stopped.headers["retry-after"]) > 0) == (503, True)
    assert confirmed.status_code == 200
    counted = office.registry.get_sample_value("whistle_desk_acts_total", {"kind": "sign_in", "outcome": "stopped"})
    assert counted == 1


def bulk_line(case: str, revision: int) -> dict[str, Any]:
    return {"case_id": str(an_id(case)), "revision": revision, "key": f"bulk-{case}", "act": {"type": "sign_in"}}


def without_instance(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "instance"}
