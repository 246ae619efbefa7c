"""A report comes in once, whatever the connection does, and nobody else pays for one bad row."""

import asyncio

import msgspec
import pytest

from services.chassis.group_commit import ROWS_MAX, GroupCommit, TooManyWaitingError
from services.chassis.group_commit import WAITING_MAX as ROWS_WAITING_MAX
from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.intake.api.reading import claim_of
from services.intake.handlers.writing_down import CONTACT, TEXT
from tests.component.intake.window import KEYS, REPORTS, Window
from tests.waiting import eventually


async def test_201_gives_number_code_and_location_and_one_row(window: Window) -> None:
    answer = await window.report()

    receipt = answer.json()
    (row,) = window.reports.rows.values()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{REPORTS}/{receipt['tracking_code']}"
    assert receipt["tracking_code"].startswith(receipt["number"])
    assert receipt["accepted_at"] == "2026-03-02T04:00:00Z"
    assert receipt["report_id"] == str(row.report_id)
    assert window.counted("whistle_intake_reports_accepted_total", channel="web") == 1
    assert window.counted("whistle_intake_reports_accepted_total", channel="sensor") == 0


async def test_the_row_states_the_event_that_will_travel(window: Window) -> None:
    receipt = (await window.report(item="0203", text="找我13812345678")).json()

    (row,) = window.reports.rows.values()
    report = decode(row.body, ReportReceived).report
    assert (report.case_id, report.report_id) == (row.report_id, row.report_id)
    assert (report.number, report.item, report.text) == (receipt["number"], "0203", "找我138****5678")
    assert (report.place.grid, report.place.subdistrict) == ("grid-0101-01", "sub-01")
    assert report.has_contact is False


async def test_contact_and_raw_text_are_sealed_for_this_report_only(window: Window) -> None:
    contact = {"phone": "13812345678", "name": "王芳", "reply_channel": "sms"}
    await window.report(text="找我13812345678", contact=contact)

    (row,) = window.reports.rows.values()
    assert row.contact is not None
    assert row.raw is not None
    its_id = str(row.report_id).encode()  # drawn at random: may hold any four digits
    assert b"5678" not in row.body.replace(b"****5678", b"").replace(its_id, b"")
    assert "王芳".encode() not in row.body + row.contact.content
    envelope = KEYS.open_for(row.report_id.bytes, row.key_id, row.contact.wrapped_key)
    assert msgspec.json.decode(envelope.open(CONTACT, row.contact.content)) == contact
    assert msgspec.json.decode(envelope.open(TEXT, row.raw.content)) == {"text": "找我13812345678"}


async def test_the_same_key_and_body_get_the_same_answer(window: Window) -> None:
    first = await window.report(key="once")
    again = await window.report(key="once")

    assert again.json() == first.json()
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert len(window.reports.rows) == 1


async def test_fifty_of_one_key_at_once_make_one_report(window: Window) -> None:
    answers = await asyncio.gather(*(window.report(key="once") for _ in range(50)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(window.reports.rows) == 1


@pytest.mark.parametrize("first_is", ["undecided", "committed"])
async def test_a_key_used_for_another_body_is_refused(window: Window, first_is: str) -> None:
    if first_is == "undecided":
        window.reports.open.clear()
    first = asyncio.create_task(window.report(key="once"))
    await eventually(lambda: window.reports.batches, within_seconds=60)
    if first_is == "committed":
        await first

    other = await window.report(key="once", text="另一件事")
    window.reports.open.set()

    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert (await first).status_code == 201
    assert len(window.reports.rows) == 1


async def test_keys_of_different_people_do_not_meet(window: Window) -> None:
    for name in ("one", "two"):
        await window.report(key="once", token=window.token(name).secret, channel="grid_worker")
    await window.report(key="once")

    assert len(window.reports.rows) == 3


@pytest.mark.parametrize("key", ["", "k" * 10_000, "two words", "日"])
async def test_a_key_out_of_form_is_refused(window: Window, key: str) -> None:
    answer = await window.client.post(REPORTS, json={"text": "x"}, headers=[(b"idempotency-key", key.encode())])

    assert answer.status_code in {400, 422}
    assert window.reports.rows == {}


async def test_a_key_another_process_cannot_decide_is_409_and_its_neighbours_are_accepted(window: Window) -> None:
    window.reports.held_elsewhere.add(claim_of("address/127.0.0.1", "held", b"").client_key)

    answers = await asyncio.gather(*(window.report(key=key) for key in ("a", "held", "b")))

    assert [answer.status_code for answer in answers] == [201, 409, 201]
    assert answers[1].headers["retry-after"] == "2"


async def test_where_every_row_waits_for_a_lock_two_wait_and_the_others_are_503_at_once(window: Window) -> None:
    names = [f"key-{number}" for number in range(20)]
    window.reports.held_elsewhere |= {claim_of("address/127.0.0.1", name, b"").client_key for name in names}

    answers = await asyncio.gather(*(window.report(key=name) for name in names))

    assert sorted(answer.status_code for answer in answers) == [409] * 2 + [503] * 18
    assert all("retry-after" in answer.headers for answer in answers)


async def test_one_row_the_database_refuses_does_not_fail_its_batch(window: Window) -> None:
    window.reports.unstorable = "毒".encode()
    texts = [f"第{number}号路灯不亮" for number in range(20)]
    texts[7] = "毒"

    answers = await asyncio.gather(*(window.report(text=text) for text in texts))

    assert [answer.status_code for answer in answers] == [422 if text == "毒" else 201 for text in texts]
    assert len(window.reports.rows) == 19


async def test_requests_that_come_together_are_written_together(window: Window) -> None:
    await asyncio.gather(*(window.report() for _ in range(600)))

    assert sum(window.reports.batches) == 600
    assert max(window.reports.batches) <= ROWS_MAX
    assert len(window.reports.batches) <= 30


async def test_a_caller_who_leaves_cancels_nothing(window: Window) -> None:
    window.reports.open.clear()
    leaving = asyncio.create_task(window.report(key="once"))
    await eventually(lambda: window.reports.batches, within_seconds=60)

    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    window.reports.open.set()
    again = await window.report(key="once")

    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert len(window.reports.rows) == 1


async def test_a_database_away_is_503_and_says_to_repeat_with_the_same_key(window: Window) -> None:
    window.reports.outage = ConnectionRefusedError("nobody there")

    answer = await window.report(key="once")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "same Idempotency-Key" in answer.json()["detail"]
    assert window.counted("whistle_intake_requests_refused_total", reason="outage") == 1


async def test_too_much_unsent_is_503(window: Window) -> None:
    window.full = True

    answer = await window.report()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert window.reports.rows == {}


async def test_what_waits_for_a_batch_is_limited() -> None:
    async def never(rows: object) -> list[int | Exception]:
        await asyncio.Event().wait()
        return []

    group: GroupCommit[int, int] = GroupCommit(never)
    for row in range(ROWS_WAITING_MAX + 2 * ROWS_MAX):
        group.submit(row)

    with pytest.raises(TooManyWaitingError):
        group.submit(-1)


async def test_who_waits_behind_a_batch_that_runs_out_of_time_is_refused_with_it() -> None:
    too_slow = asyncio.Event()

    async def hang(rows: object) -> list[int | Exception]:
        await too_slow.wait()
        raise TimeoutError

    group: GroupCommit[int, int] = GroupCommit(hang)
    answers = [group.submit(row) for row in range(2 * ROWS_MAX + 3)]
    await asyncio.sleep(0)
    too_slow.set()
    await asyncio.wait(answers, timeout=60)

    assert {type(answer.exception()) for answer in answers[: 2 * ROWS_MAX]} == {TimeoutError}
    assert {type(answer.exception()) for answer in answers[2 * ROWS_MAX :]} == {TooManyWaitingError}
