"""Two versions compared, on paper and on past reports."""

import msgspec
import pytest

from services.reference.versions.diff import changes_between
from services.reference.versions.replay import UnreadableReportError, read_csv, read_ndjson, replay
from tests.unit.reference.town import ITEMS, a_version, rule, the_town

DRAINS = rule("drains", keywords=("雨水箅",), item="0203")
NDJSON = """\
{"id": "1", "accepted_at": "2026-03-02T02:00:00Z", "text": "雨水箅堵了", "grid": "grid-0101-01"}
{"id": "2", "accepted_at": "2026-03-02T02:00:00Z", "text": "天气不错", "grid": "grid-0101-01"}

{"id": "3", "accepted_at": "2026-03-02T02:00:00Z", "item": "0801", "grid": "grid-0201-01"}
""".encode()
CSV = "id,accepted_at,text,grid\n1,2026-03-02T10:00:00+08:00,雨水箅堵了,grid-0101-01\n".encode()


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
    told = replay(read_ndjson(NDJSON), the_town(), the_town(DRAINS))

    assert (told.reports, told.moved, told.unrouted_before, told.unrouted_after) == (3, 1, 2, 1)
    assert told.load_after["drainage"] - told.load_before["drainage"] == 1
    (moved,) = told.examples
    assert (moved.id, moved.lead_before, moved.lead_after) == ("1", "district_command_center", "drainage")


def test_past_reports_come_as_csv_too() -> None:
    told = replay(read_csv(CSV), the_town(), the_town(DRAINS))

    assert told.load_after == {"drainage": 1}


@pytest.mark.parametrize(
    ("read", "content", "where"),
    [
        pytest.param(read_ndjson, NDJSON + b'{"id": "4"}', "line 5", id="a-line-without-an-instant"),
        pytest.param(read_csv, CSV + b"2,gestern,x,y\n", "row 3", id="a-row-whose-instant-is-none"),
    ],
)
def test_an_unreadable_past_report_is_refused_with_its_row(read: object, content: bytes, where: str) -> None:
    with pytest.raises(UnreadableReportError, match=where):
        list(read(content))  # type: ignore[operator]
