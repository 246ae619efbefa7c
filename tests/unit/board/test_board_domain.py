"""Cards, scopes and deltas of the board."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from services.board.domain.cards import CARDS, standing_of
from services.board.domain.movement import Movement, delta_of
from services.board.domain.viewing import Scope
from services.contracts.codec import decode, encode
from services.contracts.events import ClockSnapshot
from services.contracts.events.progress import Handled
from tests.builders import MONDAY_NOON
from tests.unit.notify.facts import a_fact, a_step, a_whistle

Units = tuple[str, ...]
DUE = MONDAY_NOON + timedelta(hours=4)
RECORDED = sorted((Path(__file__).parents[2] / "contract" / "examples" / "case.progressed.v1").glob("*.json"))


def a_clock(next_step: str | None, kind: str = "handling", due_hours: int = 4, **changes: object) -> ClockSnapshot:
    due_at = MONDAY_NOON + timedelta(hours=due_hours)
    clock = ClockSnapshot(kind, "drainage", 1, MONDAY_NOON, due_at, next_step=next_step)  # type: ignore[arg-type]
    return msgspec.structs.replace(clock, **changes)


@pytest.mark.parametrize(
    ("next_step", "card"),
    [
        ("reminder", "none"), ("limit", "blue"), ("letter", "yellow"), ("supervision", "yellow"),
        ("bulletin_proposal", "red"), ("interview_proposal", "red"), (None, "red"),
    ],
)  # fmt: skip
def test_the_card_follows_from_the_step_owed_next(next_step: str | None, card: str) -> None:
    assert standing_of([a_clock(next_step)], 1).card == card


def test_the_worst_clock_decides_and_says_when_it_is_due() -> None:
    clocks = [
        a_clock("reminder", due_hours=1),
        a_clock("letter", due_hours=9),
        a_clock("letter", "promise", due_hours=6),
    ]

    standing = standing_of(clocks, 1)

    assert (standing.card, standing.due_at) == ("yellow", MONDAY_NOON + timedelta(hours=6))


def test_stopped_clocks_and_other_kinds_show_no_card() -> None:
    stopped = a_clock(None, stopped_at=MONDAY_NOON)

    assert standing_of([stopped, a_clock("urge", "sign_in"), a_clock("no_show", "report_in")], 1) == (
        "none",
        None,
        None,
    )
    assert CARDS == ("none", "blue", "yellow", "red")


@pytest.mark.parametrize(
    ("lane", "units", "barred", "seen"),
    [
        pytest.param("ordinary", ("drainage", "sub-03"), (), True, id="one-of-mine"),
        pytest.param("ordinary", ("sanitation",), (), False, id="another-departments"),
        pytest.param("ordinary", ("drainage",), ("drainage",), False, id="it-accuses-us"),
        pytest.param("stability", ("drainage",), (), False, id="a-sensitive-lane"),
        pytest.param("ordinary", (), (), False, id="nobodys"),
    ],
)
def test_what_a_clerk_of_drainage_sees(
    lane: str, units: tuple[str, ...], barred: tuple[str, ...], *, seen: bool
) -> None:
    assert Scope(frozenset({"drainage"})).sees(lane, units, barred) is seen


def test_nobody_sees_nothing() -> None:
    assert not Scope(frozenset()).sees("ordinary", ("drainage",), ())


def test_a_delta_says_where_the_case_stands_now() -> None:
    event = a_fact(
        a_step("limit", card="yellow", whistle=a_whistle("drainage")),
        version=7,
        clocks=(a_clock("letter"),),
        whistle_open=1,
    )

    delta = msgspec.to_builtins(delta_of(decode(encode(event), Movement)))

    assert (delta["version"], delta["card"], delta["due_at"]) == (7, "yellow", "2026-03-02T05:00:00Z")
    assert delta["what"]["whistle"]["called"][0]["unit"] == "drainage"
    assert (delta["whistle_open"], delta["subdistrict"]) == (1, "sub-03")


def test_a_delta_says_by_whose_working_days_its_limits_count() -> None:
    called = a_clock("no_show", "report_in", unit="sanitation", calendar=2)
    soonest = a_clock("letter", due_hours=2, calendar=3)
    event = a_fact(clocks=(called, soonest, a_clock("letter", calendar=1)), whistle_open=1)
    by_night = a_fact(clocks=(a_clock("letter", day_and_night=True),))
    own = a_fact(clocks=(a_clock("letter"),), reference_version=4)

    told, nights, owns = (delta_of(decode(encode(one), Movement)) for one in (event, by_night, own))

    assert (told["calendar"], told["calls_calendar"]) == (3, 2)
    assert (nights["calendar"], nights["calls_calendar"]) == (None, None)
    assert owns["calendar"] == 4


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_fact_moves_the_board(recorded: Path) -> None:
    delta = delta_of(decode(recorded.read_bytes(), Movement))

    assert delta["version"] >= 1


def test_a_delta_carries_no_text_and_no_address() -> None:
    written = "疏通<script>alert(1)</script>"
    event = a_fact(Handled("drainage", written, written, written, written))

    told = msgspec.json.encode(delta_of(decode(encode(event), Movement))).decode()

    assert "script" not in told
    assert "文明路" not in told
