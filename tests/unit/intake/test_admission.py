"""What may be accepted, and what of it may travel."""

from typing import Any

import msgspec
import pytest

from services.contracts.events import Place
from services.intake.domain.admission import Admitted, admit
from services.intake.domain.followup import admit_followup
from services.intake.domain.form import Contact, FollowUpForm, Point, ReportForm
from services.intake.domain.refusals import RefusedError, StateSecretError
from services.intake.store.city import ReferenceCity
from services.reference.deciding.coordinates import from_wgs84
from tests.unit.reference.town import the_town

TOWN = ReferenceCity(the_town())
INSIDE = Point(113.105, 41.005)


def admitted(*, by_staff: bool = False, **fields: Any) -> Admitted:
    return admit(
        msgspec.convert({"text": "路灯不亮", "grid": "grid-0101-01"} | fields, ReportForm), TOWN, by_staff=by_staff
    )


def refused(*, by_staff: bool = False, **fields: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        admitted(by_staff=by_staff, **fields)
    return caught.value.field


def test_a_point_finds_its_grid_community_and_subdistrict() -> None:
    place = admitted(grid=None, point=INSIDE).place

    assert place == Place(
        longitude=113.105, latitude=41.005, grid="grid-0101-01", community="com-0101", subdistrict="sub-01"
    )


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_point_of_another_map_is_moved_before_it_is_placed(crs: Any) -> None:
    longitude, latitude = from_wgs84(113.105, 41.005, crs)

    place = admitted(grid=None, point={"longitude": longitude, "latitude": latitude, "crs": crs}).place

    assert (place.longitude, place.latitude) == pytest.approx((113.105, 41.005), abs=1e-6)
    assert place.grid == "grid-0101-01"


def test_a_point_outside_the_district_is_accepted_without_a_grid() -> None:
    place = admitted(grid=None, point=Point(120.0, 30.0)).place

    assert (place.grid, place.longitude) == (None, 120.0)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        pytest.param({"item": "9999"}, "item", id="an-item-outside-the-catalogue"),
        pytest.param({"grid": "grid-9"}, "grid", id="an-unknown-grid"),
        pytest.param({"grid": "com-0101"}, "grid", id="a-community-as-grid"),
        pytest.param({"community": "com-9"}, "community", id="an-unknown-community"),
        pytest.param({"accused": ["nobody"]}, "accused", id="an-unknown-unit-accused"),
        pytest.param({"grid": None}, "point", id="no-place-at-all"),
        pytest.param({"text": "  "}, "text", id="neither-text-nor-item"),
        pytest.param({"text": "a\x00b"}, "text", id="a-nul"),
        pytest.param({"text": "a\x1b[31m"}, "text", id="a-terminal-escape"),
        pytest.param({"text": "字" * 5_001}, "text", id="too-long"),
        pytest.param({"text": "e" + "\u0301" * 100_000}, "text", id="a-tower-of-combining-marks"),
        pytest.param({"channel": "hotline"}, "channel", id="a-staff-channel-without-token"),
        pytest.param({"on_the_spot": True}, "on_the_spot", id="solved-on-the-spot-without-token"),
        pytest.param({"reporter_kind": "operator"}, "reporter_kind", id="an-operator-without-token"),
        pytest.param({"contact": {"phone": "12345"}}, "contact.phone", id="no-phone-number"),
        pytest.param({"contact": {"mail": "nobody"}}, "contact.mail", id="no-mail-address"),
        pytest.param({"contact": {"reply_channel": "sms"}}, "contact.phone", id="an-answer-by-sms-without-phone"),
        pytest.param({"attachments": [f"{n:032x}" for n in range(21)]}, "attachments", id="a-twenty-first-picture"),
    ],
)
def test_what_cannot_be_accepted_is_named(fields: dict[str, Any], named: str) -> None:
    assert refused(**fields) == named


def test_staff_may_use_their_channels_and_hotlines_need_no_place() -> None:
    report = admitted(by_staff=True, channel="hotline", grid=None)

    assert (report.form.channel, report.reporter_kind) == ("hotline", "resident")


def test_raw_text_is_kept_apart_only_where_it_differs() -> None:
    plain = admitted(text="路灯不亮")
    personal = admitted(text="找我13812345678", address="幸福里3号楼2单元501室")

    assert (plain.text, plain.raw) == ("路灯不亮", None)
    assert (personal.text, personal.place.address) == ("找我138****5678", "幸福里3号楼***")
    assert personal.raw is not None
    assert (personal.raw.text, personal.raw.address) == ("找我13812345678", "幸福里3号楼2单元501室")


@pytest.mark.parametrize(
    ("item", "lane"), [("2304", "drugs"), ("2403", "stability"), ("2404", "petition"), ("2405", "discipline")]
)
def test_a_sensitive_report_travels_in_its_lane_without_a_word(item: str, lane: str) -> None:
    report = admitted(item=item, text="某某在家中", address="幸福里")

    assert (report.lane, report.text, report.place.address) == (lane, None, None)
    assert report.raw is not None
    assert (report.raw.text, report.raw.address) == ("某某在家中", "幸福里")


@pytest.mark.parametrize("text", ["附件标有绝密★启用前", "涉及国家秘密"])
def test_a_suspected_state_secret_is_turned_away(text: str) -> None:
    with pytest.raises(StateSecretError):
        admitted(text=text)


def test_text_is_kept_composed() -> None:
    assert admitted(text="cafe\u0301").text == "café"


def test_a_contact_that_can_be_answered_is_accepted() -> None:
    contact = Contact(phone="13812345678", name="王芳", reply_channel="sms")

    assert admitted(contact=msgspec.to_builtins(contact)).contact == contact


@pytest.mark.parametrize(
    ("form", "named"),
    [
        pytest.param(FollowUpForm(kind="facts"), "text", id="facts-without-text"),
        pytest.param(FollowUpForm(kind="photo"), "attachments", id="a-photo-without-photo"),
        pytest.param(FollowUpForm(kind="rating"), "rating", id="a-rating-without-rating"),
        pytest.param(FollowUpForm(kind="facts", text="新情况", rating=5), "rating", id="facts-with-a-rating"),
    ],
)
def test_a_follow_up_has_what_its_kind_needs(form: FollowUpForm, named: str) -> None:
    with pytest.raises(RefusedError) as caught:
        admit_followup(form, "ordinary", TOWN)

    assert caught.value.field == named


def test_what_is_added_to_a_sensitive_report_travels_without_a_word() -> None:
    added = admit_followup(FollowUpForm(kind="facts", text="又来了"), "drugs", TOWN)

    assert (added.text, added.raw) == (None, "又来了")
