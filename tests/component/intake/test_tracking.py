"""Who holds the code may look, add, withdraw and rate; nobody else learns even that there is a report."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.contracts.codec import decode
from services.contracts.events import ReportFollowedUp
from services.intake.ports import Progress
from tests.component.intake.window import REPORTS, Window
from tests.fakes.intake import NOON

PHONE = {"phone": "13812345678", "reply_channel": "sms"}


async def test_before_the_ledger_knows_the_case_it_is_accepted(window: Window) -> None:
    receipt = (await window.report()).json()

    answer = await window.client.get(f"{REPORTS}/{receipt['tracking_code']}")

    assert answer.json() == {
        "number": receipt["number"],
        "accepted_at": "2026-03-02T04:00:00Z",
        "progress": {"state": "accepted"},
    }
    assert answer.headers["cache-control"] == "no-store"


async def test_later_it_says_what_the_ledger_tells_the_public(window: Window) -> None:
    receipt = (await window.report()).json()
    window.cases.progress[UUID(receipt["report_id"])] = Progress(state="in_progress", lead="drainage")

    answer = await window.client.get(f"{REPORTS}/{receipt['tracking_code'].lower()}")

    assert answer.json()["progress"] == {"state": "in_progress", "lead": "drainage"}


async def test_wrong_codes_are_all_alike_and_guessing_ends(window: Window) -> None:
    code = (await window.report()).json()["tracking_code"]
    number, seal = code.rpartition("-")[0], code.rpartition("-")[2]
    guesses = [f"{number}-{'A' * 26}", f"20260302-1-000009-9-{seal}", "x", "9" * 5_000, f"{number}-{'Ａ' * 26}"] * 3

    answers = [await window.client.get(f"{REPORTS}/{guess}") for guess in guesses]

    assert [answer.status_code for answer in answers] == [404] * 10 + [429] * 5
    assert len({answer.json()["detail"] for answer in answers[:10]}) == 1
    assert window.counted("whistle_intake_guesses_refused_total") == 5


async def test_number_and_phone_tail_show_the_same(window: Window) -> None:
    receipt = (await window.report(contact=PHONE)).json()

    answer = await window.client.post(f"{REPORTS}:find", json={"number": receipt["number"], "phone_tail": "5678"})

    assert (answer.status_code, answer.json()["number"]) == (200, receipt["number"])


async def test_five_wrong_tails_lock_the_number_without_saying_so(window: Window) -> None:
    number = (await window.report(contact=PHONE)).json()["number"]
    tails = ["0000"] * 5 + ["5678"]

    answers = [await window.client.post(f"{REPORTS}:find", json={"number": number, "phone_tail": t}) for t in tails]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_a_follow_up_is_masked_and_travels(window: Window) -> None:
    receipt = (await window.report()).json()

    answer = await window.client.post(
        f"{REPORTS}/{receipt['tracking_code']}/followups", json={"kind": "facts", "text": "改打13912345678"}
    )

    (row,) = window.followups.rows
    event = decode(row.body, ReportFollowedUp)
    assert (answer.status_code, answer.json()) == (201, {"followup_id": str(event.event_id)})
    assert (str(event.case_id), event.kind, event.text) == (receipt["report_id"], "facts", "改打139****5678")
    assert row.raw is not None


async def test_a_rating_comes_once_and_its_repeat_is_the_same_answer(window: Window) -> None:
    path = f"{REPORTS}/{(await window.report()).json()['tracking_code']}/followups"
    rating = {"kind": "rating", "rating": 5}

    first = await window.client.post(path, json=rating, headers={"Idempotency-Key": "r"})
    again = await window.client.post(path, json=rating, headers={"Idempotency-Key": "r"})
    other = await window.client.post(path, json={"kind": "rating", "rating": 1}, headers={"Idempotency-Key": "r"})
    second = await window.client.post(path, json=rating)

    assert [answer.status_code for answer in (first, again, other, second)] == [201, 201, 422, 409]
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")


async def test_each_result_is_rated_once(window: Window) -> None:
    receipt = (await window.report()).json()
    path, report_id = f"{REPORTS}/{receipt['tracking_code']}/followups", UUID(receipt["report_id"])
    statuses = []
    for closed_at in (NOON, NOON, NOON + timedelta(days=3)):
        window.cases.progress[report_id] = Progress(state="closed", closed_at=closed_at)
        statuses.append(
            (await window.client.post(path, json={"kind": "rating", "rating": 1, "text": "未清"})).status_code
        )

    assert statuses == [201, 409, 201]


@pytest.mark.parametrize("rating", [0, 6, 2.5, "5"])
async def test_a_rating_is_one_to_five(window: Window, rating: object) -> None:
    code = (await window.report()).json()["tracking_code"]

    answer = await window.client.post(f"{REPORTS}/{code}/followups", json={"kind": "rating", "rating": rating})

    assert answer.status_code == 422


async def test_a_follow_up_with_a_wrong_code_is_404(window: Window) -> None:
    code = (await window.report()).json()["tracking_code"]

    answer = await window.client.post(f"{REPORTS}/{code[:-1]}_/followups", json={"kind": "withdrawal"})

    assert answer.status_code == 404
    assert window.followups.rows == []
