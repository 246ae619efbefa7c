"""One report from the phone to the rating, before the eyes of everybody it concerns; `docs/journey.md` shows it."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from playwright.async_api import expect

from tests.journeys.album import FOLDER, LOOKS, Album, picture_of, pictures_wanted
from tests.journeys.browsing import browsing, live, told_elsewhere
from tests.journeys.everybody import Cast, Journey, a_busy_morning
from tests.journeys.running_city import RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(600)]

STREET: Final = "sub-03"
STEPS: Final = (
    "1-report", "2-sign-in", "3-overdue", "4-whistle", "5-report-in", "6-who-came", "7-handled", "8-verified",
    "9-rated",
)  # fmt: skip
BYTES_MAX: Final = 3 * 1024 * 1024


@pytest.fixture
async def journey(city: RunningCity) -> AsyncIterator[Journey]:
    async with browsing(city) as browsers:
        album = Album(wanted=pictures_wanted(), address=browsers.desk)
        cast = Cast(
            resident=await browsers.nobody(phone=True),
            clerk=await browsers.person("drainage"),
            center=await browsers.person(city.center, "center_operator"),
            officer=await browsers.person(STREET, "subdistrict_officer", phone=True),
        )
        if album.wanted:
            await a_busy_morning(city)
        yield Journey(city, browsers, cast, album)


async def test_a_report_goes_all_the_way_before_everybodys_eyes(journey: Journey) -> None:
    await journey.cast.center.page.goto(f"{journey.browsers.desk}/board")
    await journey.cast.center.page.wait_for_selector(".connection.live")

    filed, code = await journey.reports()
    await journey.city.quiet.wait()
    await journey.signs_in(filed)
    await journey.falls_overdue(filed, "drainage")
    whistle = await journey.whistles_on_the_board(filed)
    await journey.report_in(filed, whistle)
    await journey.handles(filed)
    await journey.another_person_verifies(filed)
    await journey.rates(filed, code)

    await live(expect(whistle).to_have_count(0))
    assert told_elsewhere(journey.browsers.people) == []


def test_the_page_of_the_journey_shows_every_step_in_every_look() -> None:
    page = (FOLDER.parent / "journey.md").read_text(encoding="utf-8")
    pictures = [picture_of(step, *look) for step in STEPS for look in LOOKS]

    assert [path.name for path in pictures if f"pictures/{path.name}" not in page or not path.is_file()] == []
    assert {path.name for path in FOLDER.glob("[0-9]-*")} == {path.name for path in pictures}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= BYTES_MAX
