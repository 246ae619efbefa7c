"""The parts of the HTTP edge that need no server: strict JSON, headers of acts, cursors, problems."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.chassis.web.acts import parse_idempotency_key, parse_revision
from services.chassis.web.bodies import decode_strict
from services.chassis.web.cursors import Cursors
from services.chassis.web.problems import Problem
from services.chassis.web.unexpected import problem_of


class Body(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    count: int = 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"{", 400, id="half"),
        pytest.param(b"\xef\xbb\xbf{}", 400, id="byte-order-mark"),
        pytest.param('{"text":"x"}'.encode("utf-16"), 400, id="utf-16"),
        pytest.param(b'{"text":"\\ud800"}', 400, id="lone-surrogate-escaped"),
        pytest.param(b'{"text":"\xed\xa0\x80"}', 400, id="lone-surrogate-raw"),
        pytest.param(b'{"text":"\xff"}', 400, id="no-utf-8"),
        pytest.param(b'{"text":"a\x00b"}', 400, id="raw-nul"),
        pytest.param(b'{"text":"a\\u0000b"}', 422, id="escaped-nul"),
        pytest.param(b'{"text":"\\\\\\u0000"}', 422, id="nul-behind-an-escaped-backslash"),
        pytest.param(b"[" * 100_000, 422, id="depth"),
        pytest.param(b'{"other":1}', 422, id="unknown-field"),
        pytest.param(b'{"count":"13812345678"}', 422, id="wrong-type"),
        pytest.param(b'{"count":1e999999}', 422, id="infinite-number"),
        pytest.param(b'{"count":' + b"9" * 100_000 + b"}", 422, id="endless-number"),
        pytest.param(b'{"count":NaN}', 400, id="not-a-number"),
        pytest.param(b"{" + b'"a":1,' * 20_000 + b'"b":1}', 422, id="too-many-keys"),
    ],
)
def test_what_is_no_strict_json_is_refused_without_repeating_it(body: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        decode_strict(body, Body)

    assert refused.value.status == status
    assert b"13812345678" not in refused.value.body()


@pytest.mark.parametrize("text", ["积水没过脚踝", "𠮷", "\\u0000 as six letters", "[[[[" * 50, "👨‍👩‍👧"])
def test_what_people_write_is_taken(text: str) -> None:
    assert decode_strict(msgspec.json.encode({"text": text}), Body).text == text


@pytest.mark.parametrize(("header", "key"), [("abc", "abc"), ('"a-b"', "a-b"), ("x" * 128, "x" * 128)])
def test_an_idempotency_key_is_quoted_or_bare(header: str, key: str) -> None:
    assert parse_idempotency_key([header]) == key


@pytest.mark.parametrize("values", [[], ["a", "b"], [""], ['""'], ["x" * 129], ["a b"], ["钥"], ['a"b'], ["\x00"]])
def test_a_key_that_is_missing_doubled_or_odd_is_refused(values: list[str]) -> None:
    with pytest.raises(Problem) as refused:
        parse_idempotency_key(values)

    assert refused.value.status == 400


def test_if_match_names_one_revision() -> None:
    assert parse_revision(['"7"']) == 7


@pytest.mark.parametrize(("values", "status"), [([], 428), (["7"], 400), (["*"], 400), (['"7"', '"8"'], 400)])
def test_an_if_match_that_names_none_is_refused(values: list[str], status: int) -> None:
    with pytest.raises(Problem) as refused:
        parse_revision(values)

    assert refused.value.status == status


KEY = b"k" * 32
ROW = (datetime(2026, 3, 2, 9, tzinfo=UTC), UUID(int=7))


class Row(msgspec.Struct, frozen=True, array_like=True):
    due_at: datetime
    case_id: UUID


def test_a_cursor_comes_back_as_it_was() -> None:
    cursors = Cursors(KEY)

    assert cursors.open(cursors.seal(ROW, "queue/a"), "queue/a", Row) == Row(*ROW)


@pytest.mark.parametrize(
    "spoiled",
    [
        pytest.param(lambda cursor: "", id="empty"),
        pytest.param(lambda cursor: cursor[:-4], id="cut"),
        pytest.param(lambda cursor: ("B" if cursor[0] == "A" else "A") + cursor[1:], id="changed"),
        pytest.param(lambda cursor: "%%%", id="not-base64"),
        pytest.param(lambda cursor: "钥", id="not-ascii"),
        pytest.param(lambda cursor: cursor * 100, id="endless"),
        pytest.param(lambda cursor: Cursors(b"other key, long enough").seal(ROW, "queue/a"), id="another-key"),
        pytest.param(lambda cursor: Cursors(KEY).seal(ROW, "queue/b"), id="another-person"),
        pytest.param(lambda cursor: Cursors(KEY).seal([1], "queue/a"), id="another-release"),
    ],
)
def test_a_cursor_made_up_or_carried_elsewhere_is_refused(spoiled: Callable[[str], str]) -> None:
    cursors = Cursors(KEY)

    with pytest.raises(Problem) as refused:
        cursors.open(spoiled(cursors.seal(ROW, "queue/a")), "queue/a", Row)

    assert refused.value.status == 400


def test_the_unexpected_tells_nothing_and_an_outage_says_try_again() -> None:
    bug, outage = problem_of(KeyError("13812345678")), problem_of(ConnectionResetError())

    assert (bug.status, outage.status) == (500, 503)
    assert b"138" not in bug.body()
    assert 5 <= int(outage.headers["Retry-After"]) <= 30
