"""The page of whoever calls, over real PostgreSQL: who waits is shown, and told by one person only."""

import json

import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Pages

pytestmark = pytest.mark.postgres

BODY = {
    "type": "answer.done",
    "timestamp": "2026-03-02T01:00:00Z",
    "data": {"number": "20260302-case", "kind": "result"},
}
NOTE = "已电话告知本人，表示满意"


async def test_a_reporter_whom_no_message_reaches_is_told_by_one_person(office: Office) -> None:
    await office.open("case")
    office.database.run_sql(
        "insert into notify.answers (report_id, kind, cycle, case_id, version, state, message_id, body, call_since)"
        f" values ('{an_id('case')}', 'result', 1, '{an_id('case')}', 1, 'by_person', '{an_id('answer')}',"
        f" '{json.dumps(BODY)}', '2026-03-02 01:00+00')"
    )
    pages = Pages(office)
    clerk, operator, stranger = [await pages.browser_of(who) for who in ("drainage", "center", "sanitation")]
    shown, elsewhere = await clerk.get("/calls"), await stranger.get("/calls")
    await operator.get("/calls")

    form = {"answer": str(an_id("answer")), "note": NOTE}
    told = await clerk.post("/calls", form)
    again = await operator.post("/calls", form)

    assert "告知：已办结，请评价" in shown.text
    assert "20260302-case" in shown.text
    assert "20260302-case" not in elsewhere.text
    assert "已记录" in told.text
    assert "没有需要打电话告知" in told.text
    assert "已由他人告知" in again.text
    assert office.database.run_sql("select call_note from notify.answers") == NOTE
