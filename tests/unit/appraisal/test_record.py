"""A case folded from its facts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from services.appraisal.domain.glance import FactGlance
from services.appraisal.domain.keeping import BARE, BY_NAME, COUNTED
from services.appraisal.domain.kept import Body, KeptFact, Proposed
from services.appraisal.domain.measures import measures_of
from services.appraisal.domain.periods import period_of
from services.appraisal.domain.record import Record, folded
from services.appraisal.handlers import row_of
from services.appraisal.ports import Row
from services.chassis.delivery.batch import Delivered
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed
from services.contracts.events.progress import WhistleBlown
from services.contracts.events.whistles import Called, Whistle
from tests.unit.appraisal.stories import Record1, Story, kept_fact

MARCH = period_of("2026-03", ZoneInfo("UTC"))
EXAMPLES = Path(__file__).parents[2] / "contract/examples" / CaseProgressed.TYPE
AT = datetime(2026, 3, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def test_no_fact_is_kept_in_two_ways() -> None:
    assert not BARE & COUNTED
    assert not BY_NAME.keys() & (BARE | COUNTED)


def row_named(event: CaseProgressed, name: str, version: int) -> Row:
    """Return the row of a fact that says everything by its name."""
    told = msgspec.json.decode(encode(event))
    told |= {"version": version, "what": {"type": name}}
    value = msgspec.json.encode(told)
    return row_of(Delivered(decode(value, FactGlance), Record1(value)))


def folded_with(story: Story, *facts: KeptFact) -> Record:
    record = folded([*story.facts(), *facts], MARCH.ends)
    assert record is not None
    return record


def test_an_extension_moves_the_promise_and_a_beginning_makes_another() -> None:
    story = Story("1", AT, AT + DAY)
    story.due_at = AT + 3 * DAY
    story.handled(AT + 2 * DAY).closed(AT + 2 * DAY).begun_again(AT + 4 * DAY, AT + 6 * DAY)

    record = story.record(MARCH.ends)

    assert record is not None
    assert [(one.due_at, one.kept) for one in record.promises] == [(AT + 3 * DAY, True), (AT + 6 * DAY, False)]


def test_facts_after_the_end_of_a_period_are_not_known_in_it() -> None:
    story = Story("1", AT, AT + DAY).closed(AT + 40 * DAY)

    record = story.record(MARCH.ends)

    assert record is not None
    assert record.ending is None


def test_a_merged_case_is_counted_by_the_one_that_goes_on_until_it_is_one_of_its_own_again() -> None:
    story = Story("1", AT, AT + DAY)
    merged = kept_fact(row_named(story.events[0], "merged", 2))
    parted = kept_fact(row_named(story.events[0], "unmerged", 3))

    assert measures_of(folded_with(story, merged), MARCH) == frozenset()
    assert "left_overdue" in measures_of(folded_with(story, merged, parted), MARCH)


def test_whoever_led_was_called_or_was_to_come_had_a_part() -> None:
    called = (Called("police", AT, branch="police@sub-01"), Called("housing", AT))
    story = Story("1", AT, AT + DAY).then(WhistleBlown(Whistle(1, "emergency", "sub-01", called)), AT)

    record = story.record(MARCH.ends)

    assert record is not None
    assert record.units() == {"drainage", "sanitation", "police", "police@sub-01", "housing"}


def test_the_interviews_that_a_problem_ticket_proposes_are_kept() -> None:
    rows = [row_of(Delivered(decode(value, FactGlance), Record1(value))) for value in problem_tickets()]

    kept = [msgspec.json.decode(row.body or b"", type=Body).kept for row in rows]
    assert [[(one.proposal, one.kind, one.unit) for one in each if isinstance(one, Proposed)] for each in kept] == [
        [(number, "interview", unit) for number, unit in enumerate(("drainage", "municipal_works", "sanitation"), 1)],
        [(1, "interview", "drainage")],
    ]


def problem_tickets() -> list[bytes]:
    """Return a case that three departments passed on, and one that was reworked three times, as recorded."""
    return [path.read_bytes() for path in sorted(EXAMPLES.glob("*problem-ticket.json"))]
