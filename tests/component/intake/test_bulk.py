"""A bulk import: each line for itself, one result per line, safe to send again."""

import json
from collections.abc import AsyncIterator

import pytest

from services.intake.api import reports
from tests.component.intake.window import A_REPORT, REPORTS, Window
from tests.waiting import eventually

BATCH = f"{REPORTS}:batch"


def a_line(key: str, **fields: object) -> bytes:
    return json.dumps(A_REPORT | {"idempotency_key": key} | fields, ensure_ascii=False).encode() + b"\n"


async def sent(window: Window, body: bytes) -> list[dict[str, object]]:
    headers = {"Authorization": f"Bearer {window.token().secret}"}
    answer = await window.client.post(BATCH, content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_every_line_gets_its_result_in_order(window: Window) -> None:
    body = a_line("a") + b"\n" + a_line("b", item="9999") + b"{\n" + a_line("c").rstrip()

    results = await sent(window, body)

    assert [(result["line"], result["status"]) for result in results] == [(1, 201), (2, 422), (3, 400), (4, 201)]
    assert len(window.reports.rows) == 2


async def test_sending_it_again_makes_nothing_new(window: Window) -> None:
    body = b"".join(a_line(f"line-{number}") for number in range(1_500))

    first = await sent(window, body)
    again = await sent(window, body)

    assert [result["number"] for result in again] == [result["number"] for result in first]
    assert {result["replayed"] for result in again} == {True}
    assert len(window.reports.rows) == 1_500
    assert len(window.reports.batches) < 150


async def test_a_key_used_twice_in_one_file_for_other_reports_is_refused(window: Window) -> None:
    results = await sent(window, a_line("a") + a_line("a", text="另一件"))

    assert sorted(str(result["status"]) for result in results) == ["201", "422"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{}\n" * 10_001, 413, id="too-many-lines"),
        pytest.param(b'{"text":"' + b"a" * 70_000 + b'"}\n', 413, id="too-long-a-line"),
    ],
)
async def test_a_file_beyond_its_limits_is_refused(window: Window, body: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {window.token().secret}"}

    answer = await window.client.post(BATCH, content=body, headers=headers)

    assert answer.status_code == status


async def test_what_was_read_before_a_line_that_is_too_long_is_kept(window: Window) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"".join(a_line(f"line-{number}") for number in range(300))
        yield b'{"text":"' + b"a" * 70_000 + b'"}\n'

    headers = {"Authorization": f"Bearer {window.token().secret}"}

    answer = await window.client.post(BATCH, content=body(), headers=headers)

    assert answer.status_code == 413
    await eventually(lambda: len(window.reports.rows) == 300, within_seconds=5)


async def test_a_line_whose_result_cannot_be_told_is_not_passed_over(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = reports._ENCODE

    def telling_all_but_the_first(told: dict[str, object]) -> bytes:
        if told["line"] == 1:
            raise ZeroDivisionError
        return tell(told)

    async def body() -> AsyncIterator[bytes]:
        yield a_line("a")
        await eventually(lambda: len(window.reports.rows) == 1, within_seconds=5)
        yield a_line("b")

    monkeypatch.setattr(reports, "_ENCODE", telling_all_but_the_first)
    headers = {"Authorization": f"Bearer {window.token().secret}"}

    answer = await window.client.post(BATCH, content=body(), headers=headers)

    assert answer.status_code == 500


async def test_a_bulk_import_needs_a_token(window: Window) -> None:
    answer = await window.client.post(BATCH, content=a_line("a"))

    assert answer.status_code == 401
    assert window.reports.rows == {}
