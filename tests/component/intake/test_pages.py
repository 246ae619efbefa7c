"""Residents' pages without a script: the same rules as the API, once per key, every mistake said beside its field."""

import re
from uuid import UUID

import httpx2
import pytest

from services.intake.pages.poster.routes import QUIET_MODULES
from services.intake.ports import Progress
from tests.component.intake.qr import modules_of, text_in
from tests.component.intake.test_pictures import a_picture
from tests.component.intake.window import Window

FILLED = {"text": "建设路雨水箅子堵死", "community": "com-0101", "key": "k1"}


def codes_in(page: str) -> list[str]:
    return re.findall(r"\d{8}-\d-\d{6}-\d-[A-Z2-7]{26}", page)


async def test_a_plain_form_reports_once_however_often_it_is_sent(window: Window) -> None:
    first = await window.client.post("/report", data=FILLED)
    again = await window.client.post("/report", data=FILLED)

    assert (first.status_code, again.status_code) == (201, 201)
    assert codes_in(first.text)[0] == codes_in(again.text)[0]
    assert len(window.reports.rows) == 1


async def test_a_report_without_words_or_place_is_told_so_beside_the_fields(window: Window) -> None:
    answer = await window.client.post("/report", data={"phone": "13812345678", "key": "k1"})

    assert answer.status_code == 422
    assert "请写一句发生了什么" in answer.text
    assert 'value="13812345678"' in answer.text, "what was filled in right stays"
    assert not window.reports.rows


async def test_what_the_api_refuses_is_said_in_the_residents_language(window: Window) -> None:
    wrong = {**FILLED, "phone": "123"}

    zh = await window.client.post("/report", data=wrong)
    en = await window.client.post("/report", data=wrong, headers={"accept-language": "en"})

    assert (zh.status_code, en.status_code) == (422, 422)
    assert "手机号好像不对" in zh.text
    assert "does not look right" in en.text


async def test_a_state_secret_is_not_kept_and_its_reporter_told_the_channel(window: Window) -> None:
    answer = await window.client.post("/report", data={**FILLED, "text": "机密★某地"})

    assert answer.status_code == 422
    assert "保密部门" in answer.text
    assert not window.reports.rows


async def test_a_photo_of_a_plain_form_joins_the_report(window: Window) -> None:
    photo = {"photo": ("a.jpg", a_picture(), "image/jpeg")}

    first = await window.client.post("/report", data=FILLED, files=photo)
    again = await window.client.post("/report", data=FILLED, files=photo)

    assert (first.status_code, again.status_code) == (201, 201)
    (followup,) = window.followups.rows
    assert (followup.kind, len(followup.attachments)) == ("photo", 1)


async def test_words_of_residents_are_shown_as_words(window: Window) -> None:
    answer = await window.client.post("/report", data={"text": "<script>alert(1)</script>", "key": "k1"})

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_language_and_letter_size_are_remembered(window: Window) -> None:
    await window.client.get("/report?language=en")
    await window.client.get("/report?large=1")

    page = (await window.client.get("/track")).text

    assert 'lang="en" class="large"' in page


async def test_a_poster_carries_its_community_into_the_report() -> None:
    window = Window(public_url="https://report.example")
    poster = await window.client.get("/report/poster?community=com-0101")
    drawn = await window.client.get("/report/qr.svg?community=com-0101")
    page = await window.client.get("/report?community=com-0101")

    assert "/report/qr.svg?community=com-0101" in poster.text
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert text_in(modules_of(drawn.content, QUIET_MODULES)) == "https://report.example/report?community=com-0101"
    assert '<option value="com-0101" selected>' in page.text


async def test_the_map_is_the_communities_ground(window: Window) -> None:
    told = (await window.client.get("/report/places.json")).json()

    assert {area["id"] for area in told["areas"]} == {"com-0101", "com-0201"}
    (rings,) = next(area for area in told["areas"] if area["id"] == "com-0101")["rings"]
    assert {(41.0, 113.1), (41.01, 113.12)} <= {tuple(point) for point in rings[0]}


async def a_tracked_report(window: Window) -> tuple[str, UUID]:
    receipt = (await window.report(contact={"phone": "13812345678", "reply_channel": "sms"})).json()
    return receipt["tracking_code"], UUID(receipt["report_id"])


async def track(window: Window, **fields: str) -> httpx2.Response:
    return await window.client.post("/track", data=fields)


async def test_tracking_shows_steps_result_and_what_may_be_done(window: Window) -> None:
    code, report_id = await a_tracked_report(window)
    window.cases.progress[report_id] = Progress(state="in_progress", lead="drainage")

    working = await track(window, code=code)
    by_phone = await track(window, number=code[:-27], tail="5678")

    assert working.status_code == 200
    assert "部门正在办理" in working.text
    assert 'id="add"' in working.text
    assert 'id="rate"' not in working.text
    assert by_phone.status_code == 200
    assert 'id="add"' not in by_phone.text, "only who holds the code may add"


async def test_a_wrong_code_is_told_without_a_hint(window: Window) -> None:
    code, _ = await a_tracked_report(window)

    answers = [await track(window, code=code[:-1] + "_"), await track(window, number=code[:-27], tail="0000")]

    assert {answer.status_code for answer in answers} == {404}
    assert all("没有找到" in answer.text for answer in answers)


async def test_a_closed_case_is_rated_once_and_a_bad_rating_says_why(window: Window) -> None:
    code, report_id = await a_tracked_report(window)
    closed_at = (await window.reports.begin(1)).now
    window.cases.progress[report_id] = Progress(state="closed", closed_at=closed_at, measure="已清掏雨水箅子")
    rating = {"code": code, "kind": "rating", "rating": "1", "key": "r1"}

    shown = await track(window, code=code)
    unexplained = await window.client.post("/track/add", data=rating)
    rated = await window.client.post("/track/add", data={**rating, "text": "还是堵"})
    again = await window.client.post("/track/add", data={**rating, "text": "还是堵", "key": "r2"})

    assert "已清掏雨水箅子" in shown.text
    assert "请写明不满意的原因" in unexplained.text
    assert "谢谢您的评价" in rated.text
    assert 'id="rate"' not in rated.text
    assert "只能提交一次" in again.text
    assert [row.kind for row in window.followups.rows] == ["rating"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        pytest.param({"kind": "facts", "text": "又积水了"}, "facts", id="more-facts"),
        pytest.param({"kind": "withdrawal"}, "withdrawal", id="withdrawal"),
    ],
)
async def test_what_is_added_is_shown_as_added(window: Window, fields: dict[str, str], kind: str) -> None:
    code, _ = await a_tracked_report(window)

    answer = await window.client.post("/track/add", data={"code": code, "key": "a1", **fields})

    assert [row.kind for row in window.followups.rows] == [kind]
    assert {"facts": "补充情况", "withdrawal": "撤回申请"}[kind] in answer.text


async def test_a_photo_alone_may_be_added(window: Window) -> None:
    code, _ = await a_tracked_report(window)

    answer = await window.client.post(
        "/track/add", data={"code": code, "key": "a1", "kind": "facts"}, files={"photo": ("a.jpg", a_picture())}
    )

    assert answer.status_code == 200
    assert [row.kind for row in window.followups.rows] == ["photo"]


async def test_pages_load_nothing_inline_and_nothing_from_elsewhere(window: Window) -> None:
    for path in ("/report", "/track", "/report/poster"):
        answer = await window.client.get(path)
        assert not re.search(r"<script(?! src)|<style| style=| on[a-z]+=", answer.text)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
            assert address.startswith(("/", "data:,")), address
            if address.startswith("/assets/"):
                assert (await window.client.get(address)).status_code == 200
