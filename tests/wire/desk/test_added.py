"""What residents add to a case is read by whoever may see the case, and by nobody else."""

from typing import Any, Final

import pytest

from services.contracts.events import ReportFollowedUp
from tests.builders import MONDAY_NOON, an_id
from tests.wire.desk.office import Office, token_of
from tests.wire.desk.pages import Pages

pytestmark = pytest.mark.postgres

CASE: Final = f"/api/v1/cases/{an_id('case')}"
PHOTO: Final = an_id("photo")
NEW: Final = "水已经漫到楼道，电话***"


async def add(office: Office, case: str = "case", **said: Any) -> None:
    """Let a resident add something, as it comes over the bus."""
    fields: dict[str, Any] = {"kind": "facts", "text": NEW, "attachments": (PHOTO,), **said}
    event = ReportFollowedUp(
        event_id=an_id(f"added to {case}"), report_id=an_id(case), case_id=an_id(case), at=MONDAY_NOON, **fields
    )
    async with office.openings.gate() as gate:
        await gate.keep_followups([event])


async def added_at(office: Office, who: str, case: str = "case") -> Any:
    page = (await office.get(who, f"/api/v1/cases/{an_id(case)}/timeline")).json()
    (entry,) = (entry for entry in page["entries"] if entry["what"]["type"] == "followed_up")
    return entry["added"]


async def test_the_timeline_says_what_was_added(office: Office) -> None:
    await office.open("case")

    await add(office)

    for who in ("drainage", "works", "street", "center"):
        assert await added_at(office, who) == {"text": NEW, "attachments": [str(PHOTO)]}


async def test_whoever_may_not_see_the_case_does_not_read_it(office: Office) -> None:
    await office.open("case", lead="municipal_works", cooperating=(), barred=("drainage",))
    await add(office)

    for who in ("drainage", "education", "other_street"):
        assert (await office.get(who, f"{CASE}/timeline")).status_code == 404
        async with office.desk.reading(token_of(who).token_hash, "timeline") as asking:
            assert await asking.connection.fetchval("select count(*) from ledger.followups") == 0
    assert (await added_at(office, "works"))["text"] == NEW


async def test_words_that_may_not_travel_are_not_there(office: Office) -> None:
    await office.open("case")

    await add(office, text=None, attachments=())

    assert await added_at(office, "drainage") == {"text": None, "attachments": []}


async def test_the_page_shows_words_and_photos(office: Office) -> None:
    await office.open("case")
    await add(office, text="水漫了 <b>三层</b>")
    browser = await Pages(office).browser_of("drainage")

    page = (await browser.get(f"/cases/{an_id('case')}")).text

    assert "水漫了 &lt;b&gt;三层&lt;/b&gt;" in page
    assert f"/cases/{an_id('case')}/pictures/{PHOTO}" in page


async def test_the_page_of_separated_words_names_the_report_they_were_added_to(office: Office) -> None:
    await office.open("case", report={"added_to": "20260301-first"})
    browser = await Pages(office).browser_of("drainage")

    assert "20260301-first" in (await browser.get(f"/cases/{an_id('case')}")).text
