"""S1-09: worked example by hand equals output; w=0.2 refused; a subdistrict can't score a unit it had no case with."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.appraisal.domain.periods import period_of
from services.appraisal.domain.record import Record
from services.appraisal.domain.scores import ShareTooSmallError, score_of, upward_of, voices_of
from services.contracts.events.progress import WhistleBlown
from services.contracts.events.whistles import Called, DepartmentEvaluated, Score, Whistle, WhistleFoundWrong
from services.ledger.domain.acts import Handle, RefusedError, SignIn, Verify
from services.ledger.domain.whistle.acts import Evaluate
from services.reference.model.appraising import AppraisalPolicy, Shares
from services.reference.sheets.checking_policies import check_policies
from tests.builders import the_policies
from tests.unit.appraisal.stories import Story
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.unit.reference.town import ITEMS

ZONE = ZoneInfo("Asia/Shanghai")
MARCH = period_of("2026-03", ZONE)
SHARES = Shares()


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


def whistled(story: Story, *called: tuple[str, str | None]) -> Story:
    calls = tuple(Called(unit, march(9), branch=branch) for unit, branch in called)
    return story.then(WhistleBlown(Whistle(1, "public_demand", story.subdistrict, calls)), march(8))


def judged(story: Story, unit: str, scores: tuple[Score, Score, Score, Score], number: int = 1) -> Story:
    return story.then(DepartmentEvaluated(number, unit, *scores), march(20))


def records(*stories: Story) -> list[Record]:
    return [record for story in stories if (record := story.record(MARCH.ends)) is not None]


def four_cases() -> list[Story]:
    """Drainage: twice in subdistrict 1, once in 2. Sanitation's office in subdistrict 2 came for it."""
    one = judged(whistled(Story("1", march(2), march(6)), ("drainage", None)), "drainage", (5, 5, 4, 4))  # 18/20: 90
    two = judged(Story("2", march(2), march(6)).closed(march(5)), "drainage", (3, 3, 4, 4), number=0)  # 14/20: 70
    three = whistled(Story("3", march(2), march(6), subdistrict="sub-02"), ("drainage", None), ("sanitation", "san-02"))
    judged(three, "drainage", (2, 2, 2, 2))  # 8/20: 40
    judged(three, "sanitation", (5, 5, 5, 3))  # 18/20: 90
    wrong = judged(whistled(Story("4", march(2), march(6)), ("drainage", None)), "drainage", (1, 1, 1, 1))
    wrong.then(WhistleFoundWrong(1, "可自行处置"), march(21))
    return [one, two, three, wrong]


def test_a_departments_score_is_what_a_hand_computes() -> None:
    voices = voices_of(records(*four_cases()), MARCH)

    # Subdistrict 1: (90 + 70) / 2 = 80; subdistrict 2: 40. Each has one voice: (80 + 40) / 2 = 60.
    assert {voice.subdistrict: voice.mean for voice in voices["drainage"]} == {"sub-01": 80, "sub-02": 40}
    assert upward_of(voices["drainage"]) == 60
    # Its own rates came to 60.25: 0.30 × 60 + 0.70 × 60.25 = 18 + 42.175 = 60.175.
    assert score_of("department", Fraction(60), Fraction(6025, 10_000), SHARES).total == Fraction(60_175, 1000)


def test_an_offices_score_gives_the_subdistrict_sixty_in_a_hundred() -> None:
    voices = voices_of(records(*four_cases()), MARCH)

    assert upward_of(voices["san-02"]) == upward_of(voices["sanitation"]) == 90
    # 0.60 × 90 + 0.40 × 50 = 54 + 20 = 74; as a department 0.30 × 90 + 0.70 × 50 = 27 + 35 = 62.
    assert score_of("branch", Fraction(90), Fraction(1, 2), SHARES).total == 74
    assert score_of("department", Fraction(90), Fraction(1, 2), SHARES).total == 62


def test_no_side_speaks_for_the_other() -> None:
    assert score_of("department", None, Fraction(1), SHARES).total is None
    assert score_of("department", Fraction(90), None, SHARES).total is None


@pytest.mark.parametrize(
    ("shares", "place"),
    [
        pytest.param(Shares(department=Decimal("0.2")), "appraisal.shares.department", id="a-department-below-30"),
        pytest.param(Shares(branch=Decimal("0.59")), "appraisal.shares.branch", id="an-office-below-60"),
        pytest.param(Shares(department=Decimal("1.1")), "appraisal.shares.department", id="above-the-whole"),
    ],
)
def test_a_smaller_share_is_refused_where_it_is_published(shares: Shares, place: str) -> None:
    policies = the_policies()
    of_law = msgspec.structs.replace(ITEMS[0], source="L")
    items = dict.fromkeys([*policies.major.items, *policies.lane_items.values()], ITEMS[0])
    items |= dict.fromkeys(policies.life.statutory_extensions, of_law)

    assert not list(check_policies(policies, items))
    refused = check_policies(msgspec.structs.replace(policies, appraisal=AppraisalPolicy(shares=shares)), items)

    assert [refusal.column for refusal in refused] == [place]


def test_a_smaller_share_is_refused_where_it_is_counted() -> None:
    with pytest.raises(ShareTooSmallError):
        score_of("department", Fraction(60), Fraction(1, 2), Shares(department=Decimal("0.2")))


def closed_case() -> CaseInTest:
    case = CaseInTest()
    case.act(SignIn(), "drainage")
    case.act(Handle(**ANSWER), "drainage")
    case.act(Verify(done=True), "sub-01", "subdistrict_officer")
    return case


def test_the_street_judges_who_had_a_part_in_a_case_that_has_ended() -> None:
    case = closed_case()
    case.act(Evaluate(0, "drainage", 5, 4, 3, 2), "sub-01", "subdistrict_coordinator", person="coordinator")

    assert case.said[-1] == "DepartmentEvaluated"


@pytest.mark.parametrize(
    ("unit", "slug"),
    [pytest.param("traffic_police", "no-part", id="no-case-with-it"), pytest.param("sub-01", "no-part", id="itself")],
)
def test_the_street_cannot_judge_a_unit_it_had_no_case_with(unit: str, slug: str) -> None:
    with pytest.raises(RefusedError) as refused:
        closed_case().act(Evaluate(0, unit, 1, 1, 1, 1), "sub-01", "subdistrict_coordinator")

    assert refused.value.slug == slug


def test_a_judgement_of_a_unit_without_a_part_counts_nowhere() -> None:
    story = judged(Story("1", march(2), march(6)).closed(march(5)), "traffic_police", (1, 1, 1, 1), number=0)

    assert "traffic_police" not in voices_of(records(story), MARCH)


def test_departments_do_not_judge_each_other() -> None:
    with pytest.raises(RefusedError) as refused:
        closed_case().act(Evaluate(0, "sanitation", 1, 1, 1, 1), "drainage")

    assert refused.value.slug == "not-yours-to-do"
