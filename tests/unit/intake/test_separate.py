"""What words added later become when the case's people may not read them."""

from typing import Any

import pytest

from services.contracts.events import Place
from services.contracts.events.report import Lane
from services.intake.domain.form import FollowUpForm
from services.intake.domain.separate import Reported, is_separate, may_be_separate, separated
from services.intake.store.city import ReferenceCity
from services.reference.deciding.lanes import Verdict
from tests.builders import a_report
from tests.unit.reference.town import the_town

TOWN = ReferenceCity(the_town())
WORDS = "找我13812345678"
HERE = Place(grid="grid-0101-01", community="com-0101", subdistrict="sub-01", address="幸福里3号楼")


def reported(lane: Lane = "ordinary", barred: tuple[str, ...] = (), **changes: Any) -> Reported:
    return Reported(a_report(lane=lane, place=HERE, **changes), barred)


@pytest.mark.parametrize(
    ("verdict", "lane", "barred", "separate"),
    [
        pytest.param(Verdict(), "ordinary", (), False, id="nothing-about-anybody"),
        pytest.param(Verdict("drugs"), "ordinary", (), True, id="of-a-lane"),
        pytest.param(Verdict("drugs"), "drugs", (), False, id="of-the-case's-own-lane"),
        pytest.param(Verdict("drugs"), "petition", (), False, id="sensitive-stays-with-its-lane"),
        pytest.param(Verdict(accused=("drainage",)), "ordinary", (), True, id="accuses-somebody"),
        pytest.param(Verdict(accused=("drainage",)), "ordinary", ("drainage",), False, id="accused-before"),
        pytest.param(Verdict(accused=("police",)), "drugs", (), True, id="accuses-the-lane's-unit"),
    ],
)
def test_what_its_people_may_not_read_does_not_reach_a_case(
    verdict: Verdict, lane: Lane, barred: tuple[str, ...], *, separate: bool
) -> None:
    found = may_be_separate(verdict, lane) and is_separate(verdict, reported(lane, barred))

    assert found == separate


def test_a_complaint_keeps_place_and_item_and_is_masked() -> None:
    first = reported(item="0203", number="20260302-first")

    words = separated(FollowUpForm("facts"), WORDS, Verdict(accused=("drainage",)), first, TOWN)

    assert (words.text, words.place, words.form.item) == ("找我138****5678", HERE, "0203")
    assert (words.accused, "drainage" in words.barred_units) == (("drainage",), True)
    assert (words.added_to, words.contact) == ("20260302-first", None)


def test_words_of_a_sensitive_case_never_leave_its_lane() -> None:
    words = separated(FollowUpForm("facts"), WORDS, Verdict(accused=("police",)), reported("drugs", item="0203"), TOWN)

    assert (words.lane, words.text, words.place.address, words.form.item) == ("drugs", None, None, None)
    assert words.raw is not None


def test_whoever_the_first_report_accuses_does_not_read_what_is_added_either() -> None:
    first = reported(barred=("drainage",), accused=("drainage",))

    words = separated(FollowUpForm("facts"), WORDS, Verdict(accused=("municipal_works",)), first, TOWN)

    assert words.accused == ("municipal_works", "drainage")
