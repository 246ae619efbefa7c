"""Two versions compared, on paper and on past reports."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec
import pytest

from services.contracts.events import ReportFacts
from services.reference.deciding.compile import CompiledReference
from services.reference.versions.diff import changes_between
from services.reference.versions.past_reports import UnreadableReportError, read_csv, read_ndjson
from services.reference.versions.replay import Replay, replay
from tests.unit.reference.town import ITEMS, a_version, rule, the_town

DRAINS = rule("drains", keywords=("雨水箅",), item="0203")
NDJSON = """\
{"id": "1", "accepted_at": "2026-03-02T02:00:00Z", "text": "雨水箅堵了", "grid": "grid-0101-01"}
{"id": "2", "accepted_at": "2026-03-02T02:00:00Z", "text": "天气不错", "grid": "grid-0101-01"}

{"id": "3", "accepted_at": "2026-03-02T02:00:00Z", "item": "0801", "grid": "grid-0201-01"}
""".encode()
CSV = "id,accepted_at,text,grid\n1,2026-03-02T10:00:00+08:00,雨水箅堵了,grid-0101-01\n".encode()


def replayed(content: bytes, active: CompiledReference, draft: CompiledReference) -> Replay:
    return replay(read_ndjson(io.BytesIO(content), lambda _: None), active, draft)


def test_the_difference_names_every_entry_and_field() -> None:
    slower = msgspec.structs.replace(ITEMS[1], limit="3wd")
    changed = a_version(DRAINS, number=8, catalogue=(ITEMS[0], slower, *ITEMS[2:]), duty_lists=())

    changes = {(change.part, change.key): change for change in changes_between(a_version(), changed)}

    assert set(changes) == {
        ("catalogue", "0203"),
        ("rules", "drains"),
        ("duty_lists", "sub-01/1001"),
        ("duty_lists", "com-0101/2401"),
    }
    assert changes["catalogue", "0203"].before == {"limit": "1wd"}
    assert changes["catalogue", "0203"].after == {"limit": "3wd"}
    assert changes["rules", "drains"].what == "added"
    assert changes["duty_lists", "sub-01/1001"].what == "removed"


def test_a_version_does_not_differ_from_itself() -> None:
    assert changes_between(a_version(DRAINS), a_version(DRAINS, number=9)) == []


def test_a_replay_shows_what_would_move() -> None:
    told = replayed(NDJSON, the_town(), the_town(DRAINS))

    assert (told.reports, told.moved, told.unrouted_before, told.unrouted_after) == (3, 1, 2, 1)
    assert told.load_after["drainage"] - told.load_before["drainage"] == 1
    (moved,) = told.examples
    assert (moved.id, moved.lead_before, moved.lead_after) == ("1", "district_command_center", "drainage")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_past_reports_come_as_csv_too(encoding: str) -> None:
    reports = read_csv(io.BytesIO(CSV.decode().encode(encoding)), lambda _: None)

    told = replay(reports, the_town(), the_town(DRAINS))

    assert told.load_after == {"drainage": 1}


def test_a_replay_shows_which_deadlines_move_and_by_how_much() -> None:
    slower = msgspec.structs.replace(ITEMS[2], limit="8wh")
    reports = NDJSON + b'{"id": "4", "accepted_at": "2019-03-02T02:00:00Z", "item": "0801"}\n'

    told = replayed(reports, the_town(), the_town(catalogue=(*ITEMS[:2], slower, *ITEMS[3:])))

    # Monday 10:00: 4 working hours end at 16:00, 8 on Tuesday at 10:00. Of 2019 no calendar knows anything.
    assert told.deadlines["handling"] == {"earlier": 0, "later": 1, "hours": 18.0, "undated": 1}
    assert (told.limits_changed, told.moved) == (2, 0)


def test_a_replay_against_itself_moves_nothing() -> None:
    told = replayed(NDJSON, the_town(DRAINS), the_town(DRAINS))

    assert (told.moved, told.limits_changed, told.examples) == (0, 0, [])
    assert told.load_before == told.load_after
    assert told.deadlines["promise"] == {"earlier": 0, "later": 0, "hours": 0.0, "undated": 0}


@pytest.mark.parametrize(
    ("read", "content", "where"),
    [
        pytest.param(read_ndjson, NDJSON + b'{"id": "4"}', "line 5", id="a-line-without-an-instant"),
        pytest.param(read_ndjson, b'{"text": "' + b"x" * 70_000, "line 1: longer", id="a-line-without-an-end"),
        pytest.param(read_csv, CSV + b"2,gestern,x,y\n", "row 3", id="a-row-whose-instant-is-none"),
        pytest.param(read_csv, CSV + b'3,"' + b"x" * 140_000, "row 2", id="a-cell-without-an-end"),
        pytest.param(read_csv, b"id,text\n1,\xff\xff\n", "neither UTF-8 nor GB18030", id="no-encoding"),
    ],
)
def test_an_unreadable_past_report_is_refused_with_its_row(
    read: Callable[[BinaryIO, Callable[[int], None]], Iterator[ReportFacts]], content: bytes, where: str
) -> None:
    with pytest.raises(UnreadableReportError, match=where):
        list(read(io.BytesIO(content), lambda _: None))
