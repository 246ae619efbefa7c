"""What only counts decisions says of every report what `decide` says, though it reads and searches far less."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, get_args

import msgspec
import pytest

from deploy.demo.draws import Draws
from services.contracts.events import Place, ReportFacts
from services.contracts.events.report import Channel, Lane, SpecialRoute
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.decide import chosen
from services.reference.deciding.verdicts import Reader, Verdict, Verdicts
from services.reference.model.rules import Window
from services.reference.versions.replay import replay
from tests.unit.reference.test_default_rules import sentences, shipped
from tests.unit.reference.town import DUTIES, a_report, rule, the_town

REPORTS: Final = 3_000
FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
NIGHTS: Final = Window.parse("22:00-06:00")
ENDED: Final = msgspec.structs.replace(DUTIES[1], valid_from=date(2026, 3, 1), valid_to=date(2026, 5, 1))


def a_town() -> CompiledReference:
    """Return a town whose rules ask for everything that a rule can ask for."""
    return the_town(
        rule("night", keywords=("噪音", "喧哗"), hours=NIGHTS, lead="police"),
        rule("day", keywords=("噪音",), lead="urban_management"),
        rule("both", keywords=("积水",), with_keywords=("电线", "漏电"), lead="municipal_works"),
        rule("items-and-words", items=("0203", "0101", "2401"), keywords=("臭",), lead="sanitation"),
        rule("called", channels=("hotline",), keywords=("积水",), item="0203"),
        rule("here", areas=("com-0101",), keywords=("积水",), lead="community", item="2401"),
        rule("counter", channels=("counter",), lead="housing"),
        duty_lists=(DUTIES[0], ENDED),
    )


def reports(seed: int, reference: CompiledReference, texts: Sequence[str]) -> Iterator[ReportFacts]:
    """Yield reports of every kind; one in ten is sensitive, on a special route, or names whom it complains about."""
    draws, units = Draws(seed), [None, "nowhere", *reference.organisation.units]
    items = [None, None, "9999", *reference.items]
    for number in range(REPORTS):
        community, longitude = draws.pick(units) if draws.chance(0.1) else None, 113.1 if draws.chance(0.1) else None
        place = Place(grid=draws.pick(units), community=community, longitude=longitude)
        rare = draws.chance(0.1)
        yield a_report(
            number=str(number),
            accepted_at=FIRST + timedelta(minutes=draws.below(300 * 24 * 60)),
            channel=draws.pick(get_args(Channel)),
            place=draws.pick([place, place, Place()]),
            item=draws.pick(items),
            text=draws.pick([None, "", *texts]) if draws.chance(0.5) else draws.pick(texts) + draws.pick(texts),
            lane=draws.pick(get_args(Lane)) if rare else "ordinary",
            route=draws.pick([None, *get_args(SpecialRoute)]) if rare else None,
            accused=tuple(filter(None, (draws.pick(units), draws.pick(units)))) if rare and number % 2 else (),
        )


def in_full(report: ReportFacts, reference: CompiledReference) -> Verdict:
    choice = chosen(report, reference)
    return Verdict(choice.lead, choice.consulting, choice.terms.limits)


WORDS: Final = ("噪音", "喧哗", "积水", "电线", "ＮＯ漏电", "臭", "一切正常")


@pytest.mark.parametrize(
    ("before", "after", "texts"),
    [
        pytest.param(a_town(), the_town(), WORDS, id="rules-that-ask-for-everything"),
        pytest.param(
            shipped(), shipped(delegated=False), [text for _, text in sentences()], id="the-rules-that-are-shipped"
        ),
    ],
)
def test_a_verdict_is_what_the_whole_decision_says(
    before: CompiledReference, after: CompiledReference, texts: Sequence[str]
) -> None:
    reader = Reader((before, after))
    quick = [(reference, Verdicts(reference, reader)) for reference in (before, after)]

    for report in reports(7, before, texts):
        for reference, verdicts in quick:
            assert verdicts.of(report) == in_full(report, reference), report


def test_a_replay_counts_what_a_plain_run_counts() -> None:
    before, after = a_town(), the_town()
    past = list(reports(8, before, WORDS))
    plain = [(in_full(report, before), in_full(report, after)) for report in past]

    told = replay(past, before, after)

    assert told.moved == sum(one.lead != other.lead for one, other in plain) > 0
    assert told.limits_changed == sum(one.limits != other.limits for one, other in plain) > 0
    assert (told.unrouted_before, told.unrouted_after) == tuple(
        sum(pair[n].consulting for pair in plain) for n in (0, 1)
    )
    assert (told.load_before, told.load_after) == tuple(Counter(pair[n].lead for pair in plain) for n in (0, 1))


def test_what_is_remembered_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.reference.deciding.verdicts.REMEMBERED_MAX", 3)
    town = a_town()
    verdicts = Verdicts(town, Reader((town,)))

    assert all(verdicts.of(report) == in_full(report, town) for report in reports(9, town, WORDS))
