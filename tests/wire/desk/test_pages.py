"""Pages of staff as a browser without JavaScript uses them, over real PostgreSQL, isolation tried from outside."""

import csv
import hmac
import io
import re

import pytest
from openpyxl import load_workbook
from PIL import Image

from services.identity.tokens import hash_of
from tests.builders import an_id
from tests.wire.desk.office import Office, token_of
from tests.wire.desk.pages import Browser, Pages, the_keys

pytestmark = pytest.mark.postgres

CASE = f"/cases/{an_id('case')}"
UNKNOWN = f"/cases/{an_id('nowhere')}"


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)


def a_photo() -> bytes:
    """Return a JPEG that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "taken at 116.4 east"
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(pages: Pages) -> None:
    browser = Browser(pages.app)

    asked = await browser.get("/queue?overdue=1")

    assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=%2Fqueue%3Foverdue%3D1")


async def test_a_clerk_logs_in_sees_the_queue_and_leaves(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")

    assert str(an_id("case")) in browser.page
    # One working day from nine o'clock, and four working hours to sign in: the office's time, not the wall's.
    assert "剩余 1 工作日" in browser.page
    assert "剩余 4 工作小时" in browser.page
    left = await browser.post("/logout", {})

    assert left.status_code == 303
    assert (await browser.get("/queue")).status_code == 303


async def test_a_session_is_kept_as_a_hash_only(pages: Pages) -> None:
    browser = await pages.browser_of("drainage")

    secret = browser.client.cookies["whistle_session"]
    stored = pages.office.database.run_sql("select encode(token_hash, 'escape') from identity.sessions")
    assert secret not in stored
    assert secret.split("_")[2] not in pages.office.database.run_sql("select * from identity.tokens")


async def test_guessing_a_password_has_to_wait_and_so_does_the_right_one(pages: Pages) -> None:
    pages.open_account("drainage")
    browser = Browser(pages.app)

    tries = [await browser.log_in("drainage", f"wrong {number}") for number in range(6)]
    right = await browser.log_in("drainage")

    assert [answer.status_code for answer in tries] == [401, 401, 401, 401, 401, 429]
    assert right.status_code == 429
    assert 0 < int(right.headers["retry-after"]) <= 30


async def test_a_login_nobody_has_is_answered_like_a_wrong_password(pages: Pages) -> None:
    pages.open_account("drainage")

    nobody = await Browser(pages.app).log_in("nobody-at-all", "wrong")
    wrong = await Browser(pages.app).log_in("drainage", "wrong")

    assert nobody.status_code == wrong.status_code == 401
    assert "账号或密码不正确" in nobody.text
    assert "账号或密码不正确" in wrong.text


async def test_a_disabled_account_is_out_at_once(pages: Pages) -> None:
    browser = await pages.browser_of("drainage")

    pages.office.database.run_sql("select identity.disable_account('drainage')")

    assert (await browser.get("/queue")).status_code == 303
    assert (await Browser(pages.app).log_in("drainage")).status_code == 401
    assert (await pages.office.get("drainage", "/api/v1/me")).status_code == 401


async def test_whose_password_was_reset_must_choose_another_first(pages: Pages) -> None:
    browser = await pages.browser_of("drainage")

    stored = pages.office.database.run_sql("select password_hash from identity.accounts limit 1").strip()
    pages.office.database.run_sql(f"select identity.reset_account('drainage', '{stored}')")
    out = await browser.get("/queue")
    await browser.log_in("drainage")
    held = await browser.get("/queue")
    await browser.get("/password")
    weak = await browser.post(
        "/password", {"old": "correct horse battery", "new": "drainage-12", "again": "drainage-12"}
    )
    good = await browser.post(
        "/password", {"old": "correct horse battery", "new": "seven green pipes", "again": "seven green pipes"}
    )

    assert (out.status_code, held.headers["location"]) == (303, "/password")
    assert (weak.status_code, good.status_code) == (422, 303)
    assert (await browser.get("/queue")).status_code == 200


async def test_a_move_to_another_unit_counts_with_the_next_request(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    person = an_id("person drainage")

    pages.office.database.run_sql(
        f"select identity.end_role('{person}', 'drainage', 'clerk', clock.now() - interval '1 minute');"
        f"select identity.give_role('{person}', 'education', 'clerk', 'ordinary', clock.now())"
    )
    await browser.get("/queue")

    assert str(an_id("case")) not in browser.page
    assert (await browser.get(CASE)).status_code == 404


async def test_an_unused_session_ends(pages: Pages) -> None:
    browser, other = await pages.browser_of("drainage"), await pages.browser_of("works")
    pages.office.database.run_sql(
        "update identity.tokens set issued_at = now() - interval '2 h', expires_at = now() - interval '1 s' "
        f"where person_id = '{an_id('person drainage')}'"
    )

    assert (await browser.get("/queue")).status_code == 303
    assert (await other.get("/queue")).status_code == 200


async def test_a_session_in_use_goes_on_but_never_past_its_end(pages: Pages) -> None:
    browser = await pages.browser_of("drainage")
    session = f"token_hash = '\\x{hash_of(browser.client.cookies['whistle_session']).hex()}'"
    pages.office.database.run_sql(
        "update identity.tokens set issued_at = now() - interval '12 h', expires_at = now() + interval '2 min' "
        f"where {session}; update identity.sessions set ends_at = now() + interval '10 min' where {session}"
    )

    assert (await browser.get("/queue")).status_code == 200
    ends = "select t.expires_at = s.ends_at from identity.sessions s join identity.tokens t using (token_hash)"
    assert pages.office.database.run_sql(f"{ends} where s.{session}").strip() == "t"
    pages.office.database.run_sql(
        "update identity.sessions set begun_at = now() - interval '12 h', ends_at = now() - interval '1 s' "
        f"where {session}; update identity.tokens set expires_at = now() - interval '1 s' where {session}"
    )
    assert (await browser.get("/queue")).status_code == 303


async def test_with_the_eleventh_session_of_a_person_the_first_ends(pages: Pages) -> None:
    first = await pages.browser_of("drainage")
    others = [Browser(pages.app) for _ in range(9)]
    for other in others:
        assert (await other.log_in("drainage")).status_code == 303
    assert (await first.get("/queue")).status_code == 200

    eleventh = Browser(pages.app)
    assert (await eleventh.log_in("drainage")).status_code == 303

    assert [(await browser.get("/queue")).status_code for browser in (first, *others, eleventh)] == [303, *[200] * 10]


async def test_a_form_from_elsewhere_changes_nothing(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    form = {"case": str(an_id("case")), "type": "sign_in", "revision": "1", "key": "elsewhere"}

    without = await browser.client.post("/acts", data=form)
    crossing = await browser.post("/acts", form, headers={"sec-fetch-site": "cross-site"})
    others = await browser.client.post("/acts", data={**form, "csrf": (await pages.browser_of("works")).proof})

    assert [answer.status_code for answer in (without, crossing, others)] == [403, 403, 403]
    assert pages.office.count("ledger.assignments where state = 'signed_in'") == 0


async def test_a_token_opens_no_page_and_a_session_no_api(pages: Pages) -> None:
    browser = await pages.browser_of("drainage")
    thief = Browser(pages.app)
    thief.client.cookies.set("whistle_session", token_of("works").secret)

    assert (await thief.get("/queue")).status_code == 303
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_cases_of_others_are_as_unknown_as_none(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("education")

    async def told(path: str) -> tuple[int, str]:
        answer = await browser.get(path)
        return answer.status_code, answer.text.split('class="small muted"')[0].replace(path, "")

    for rest in ("", "/order", f"/pictures/{an_id('picture')}"):
        assert await told(CASE + rest) == await told(UNKNOWN + rest)
        assert (await browser.get(CASE + rest)).status_code == 404
    await browser.get("/queue")
    person = an_id("person education")
    tried = [
        await browser.act("sign_in"),
        await browser.post("/acts/note", {"case": str(an_id("case")), "text": "mine?", "unit": "drainage"}),
        await browser.post("/acts/hold", {"case": str(an_id("case")), "to": f"drainage/{person}"}),
        await browser.post(f"{CASE}/contact", {"purpose": "curiosity"}),
    ]

    assert [answer.status_code for answer in tried] == [404, 404, 404, 404]
    assert pages.office.count("ledger.unit_notes") == pages.office.count("ledger.holders") == 0
    assert pages.office.count("vault.audit") == 0


async def test_signing_in_by_form_takes_effect_once_and_makes_the_clerk_the_holder(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")

    first = await browser.act("sign_in")
    again = await browser.act("sign_in")
    shown = await browser.get(first.headers["location"])

    assert (first.status_code, again.status_code) == (303, 303)
    assert pages.office.count("ledger.acts") == 1
    assert "处置中" in shown.text
    assert pages.office.count(f"ledger.holders where person_id = '{an_id('person drainage')}'") == 1


async def test_a_form_of_an_older_look_is_refused_in_words(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    await browser.act("sign_in")

    late = await browser.act("note", revision=1, kind="log", text="到现场了")

    assert late.status_code == 412
    assert "别人刚刚办理过这个案件" in late.text
    assert re.search(r"最近一次办理：某某 · \S*排水\S*，[^，]*\d\d:\d\d，签收。", late.text), late.text


async def test_an_answer_lacking_one_of_its_four_elements_is_refused_by_name(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    await browser.act("sign_in")

    lacking = await browser.act("handle", revision=2, accepted_when="九点", talked_with="报告人", measure="清掏")

    assert lacking.status_code == 422
    assert "何时办成" in lacking.text


async def test_photos_of_the_work_are_kept_without_what_came_with_the_pixels(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    await browser.act("sign_in")
    four = {"accepted_when": "九点", "talked_with": "报告人", "measure": "清掏三处", "done_by": "当天"}
    head = {"case": str(an_id("case")), "type": "handle", "revision": "2", "key": "with-photo"}

    handed_in = await browser.post(
        "/acts",
        {**head, **{f"f.{name}": text for name, text in four.items()}},
        files={"photos": ("IMG_0001.jpg", a_photo(), "image/jpeg")},
    )
    picture = pages.office.database.run_sql("select attachment_id from ledger.attachments").strip()
    given = await browser.get(f"{CASE}/pictures/{picture}")
    stranger = await pages.browser_of("education")

    assert handed_in.status_code == 303
    with Image.open(io.BytesIO(given.content)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((64, 48), {})
    assert b"116.4" not in given.content
    assert (await stranger.get(f"{CASE}/pictures/{picture}")).status_code == 404


@pytest.mark.parametrize(
    ("who", "act", "field", "said"),
    [
        pytest.param("drainage", "report_in", "photo.photo", {"f.place": "路口"}, id="reporting-in"),
        pytest.param("coordinator", "note", "photos", {"f.kind": "log", "f.text": "开始抽水"}, id="the-joint-log"),
        pytest.param("coordinator", "joint_result", "photos", {"f.result": "积水已排"}, id="the-joint-result"),
    ],
)
async def test_photos_of_the_joint_work_are_bare_and_shown_with_the_act_they_came_with(
    pages: Pages, who: str, act: str, field: str, said: dict[str, str]
) -> None:
    await pages.office.open("case")
    await (await pages.browser_of("coordinator")).act("whistle", kind="public_demand", reason="多日未办")
    browser = await pages.browser_of(who)
    head = {"case": str(an_id("case")), "type": act, "revision": "1", "key": "with-photo"}

    await browser.get(CASE)
    answer = await browser.post("/acts", {**head, **said}, files={field: ("IMG_0001.jpg", a_photo(), "image/jpeg")})

    assert answer.status_code == 303
    picture, about = pages.office.database.run_sql("select attachment_id, about from ledger.attachments").split("|")
    assert about.strip() == act
    page = (await browser.get(CASE)).text
    assert f"{CASE}/pictures/{picture}" in page
    given = await browser.get(f"{CASE}/pictures/{picture}")
    with Image.open(io.BytesIO(given.content)) as shown:
        assert dict(shown.getexif()) == {}


async def test_notes_stay_inside_the_unit(pages: Pages) -> None:
    await pages.office.open("case", cooperating=("municipal_works",))
    ours, theirs = await pages.browser_of("drainage"), await pages.browser_of("works")

    await ours.post("/acts/note", {"case": str(an_id("case")), "text": "钥匙在门卫"})

    assert "钥匙在门卫" in (await ours.get(CASE)).text
    assert "钥匙在门卫" not in (await theirs.get(CASE)).text


async def test_a_contact_is_shown_for_a_purpose_that_is_written_down(pages: Pages) -> None:
    await pages.office.open("case")
    report, keys = an_id("case"), the_keys()
    envelope = keys.seal_for(report.bytes)
    sealed = envelope.seal(b"contact", b'{"phone":"13900001234","name":"\xe7\x8e\x8b\xe6\x9f\x90"}')
    pages.office.database.run_sql(
        f"insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body) "
        f"values ('{report}', 1, 1, now(), 'k1', 'ordinary', '');"
        f"insert into vault.contacts values "
        f"('{report}', 'k1', '\\x{envelope.wrapped_key.hex()}', '\\x{sealed.hex()}', null);"
        f'update ledger.cases set reports = \'[{{"report_id":"{report}","channel":"web","has_contact":true}}]\''
    )
    browser = await pages.browser_of("drainage")
    before = (await browser.get(CASE)).text

    bare = await browser.post(f"{CASE}/contact", {"purpose": " "})
    shown = await browser.post(f"{CASE}/contact", {"purpose": "上门前联系"})

    assert "13900001234" not in before
    assert (bare.status_code, shown.status_code) == (422, 200)
    assert "13900001234" in shown.text
    noted = pages.office.database.run_sql("select person_id, purpose from vault.audit")
    assert noted.strip() == f"{an_id('person drainage')}|上门前联系"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_no_cell_of_an_export_is_a_formula(pages: Pages, kind: str) -> None:
    await pages.office.open("case")
    pages.office.database.run_sql(
        f"update identity.persons set name = '=cmd|''/C calc''!A0' where person_id = '{an_id('person drainage')}'"
    )
    browser = await pages.browser_of("drainage")
    await browser.act("sign_in")

    file = await browser.get(f"/queue/export.{kind}")

    assert file.headers["content-disposition"].startswith("attachment; filename=")
    if kind == "csv":
        cells = [cell for line in csv.reader(io.StringIO(file.content.decode("utf-8-sig"))) for cell in line]
    else:
        rows = load_workbook(io.BytesIO(file.content)).active
        assert rows is not None
        assert {cell.data_type for line in rows.iter_rows() for cell in line} <= {"s", "n", "inlineStr"}
        cells = [str(cell.value) for line in rows.iter_rows() for cell in line]
    assert "'=cmd|'/C calc'!A0" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))]


async def test_filters_mine_place_and_overdue_narrow_the_list(pages: Pages) -> None:
    await pages.office.open("case", "other")
    browser = await pages.browser_of("drainage")
    await browser.act("sign_in")

    mine = (await browser.get("/queue?whose=mine")).text
    nowhere = (await browser.get("/queue?q=没有这条街")).text
    overdue = (await browser.get("/queue?overdue=1")).text

    assert str(an_id("case")) in mine
    assert str(an_id("other")) not in mine
    assert "没有符合条件的案件" in nowhere
    assert "没有符合条件的案件" in overdue


async def test_rows_that_did_not_change_are_not_sent_again(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")

    first = await browser.get("/queue/rows")
    same = await browser.get("/queue/rows", **{"if-none-match": first.headers["etag"]})
    await browser.get("/queue")
    await browser.act("sign_in")
    changed = await browser.get("/queue/rows", **{"if-none-match": first.headers["etag"]})

    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)
    pages.office.at("2026-03-02 12:59+08")
    later = await browser.get("/queue/rows", **{"if-none-match": changed.headers["etag"]})
    pages.office.at("2026-03-02 17:59+08")
    late = await browser.get("/queue/rows", **{"if-none-match": later.headers["etag"]})
    assert "剩余 5 工作小时" in later.text
    assert "剩余 1 工作小时 1 工作分钟" in late.text


async def test_many_at_once_each_succeeds_or_fails_for_itself(pages: Pages) -> None:
    await pages.office.open("case", "other")
    browser = await pages.browser_of("drainage")

    chosen = [f"{an_id('case')}/1", f"{an_id('other')}/7"]
    done = await browser.post("/acts/bulk", {"type": "sign_in", "chosen": chosen, "key": "bulk-1", "back": "/queue"})

    assert done.headers["location"] == "/queue?done=1%2F2"


def chosen_on(browser: Browser) -> list[str]:
    """Return what ticking every box of the queue chooses, each case once."""
    return list(dict.fromkeys(re.findall(r'name="chosen" value="([^"]+)"', browser.page)))


async def test_many_at_once_report_in(pages: Pages) -> None:
    await pages.office.open("case", "other")
    for case in ("case", "other"):
        blown = {"type": "whistle", "kind": "emergency", "reason": "路面塌陷"}
        assert (await pages.office.act("street", blown, case=case)).status_code == 200
    browser = await pages.browser_of("drainage")

    form = {"type": "report_in", "chosen": chosen_on(browser), "key": "bulk-2", "back": "/queue"}
    done = await browser.post("/acts/bulk", form)

    assert done.headers["location"] == "/queue?done=2%2F2"
    came = "ledger.whistle_calls where unit = 'drainage' and state = 'reported_in'"
    assert pages.office.count(came) == pages.office.count("ledger.whistle_calls where state <> 'called'") == 2


async def test_cases_are_handed_to_a_colleague_one_or_many(pages: Pages) -> None:
    await pages.office.open("case", "other", "third")
    browser, colleague = await pages.browser_of("drainage"), await pages.browser_of("drainage_too")
    to = f"drainage/{an_id('person drainage_too')}"
    assert f'value="{to}"' in browser.page

    one = await browser.post("/acts/hold", {"case": str(an_id("case")), "to": to})
    chosen = [each for each in chosen_on(browser) if str(an_id("other")) in each]
    many = await browser.post(
        "/acts/bulk", {"type": "hold", "chosen": chosen, "to": to, "key": "bulk-3", "back": "/queue"}
    )

    assert (one.status_code, many.headers["location"]) == (303, "/queue?done=1%2F1")
    held = pages.office.database.run_sql("select case_id, person_id from ledger.holders order by case_id").split()
    assert held == [
        f"{case}|{an_id('person drainage_too')}" for case in sorted(str(an_id(name)) for name in ("case", "other"))
    ]
    await colleague.get("/queue?whose=mine")
    assert {each.partition("/")[0] for each in chosen_on(colleague)} == {str(an_id("case")), str(an_id("other"))}
    await browser.get("/queue?whose=mine")
    assert chosen_on(browser) == []


async def test_what_a_resident_wrote_is_shown_as_text(pages: Pages) -> None:
    await pages.office.open("case", report={"text": "<script>alert(1)</script><img src=x onerror=alert(1)>"})
    browser = await pages.browser_of("drainage")

    shown = await browser.get(CASE)

    assert "<script>alert(1)" not in shown.text
    assert "&lt;script&gt;alert(1)" in shown.text
    assert "script-src 'self'" in shown.headers["content-security-policy"]
    assert "unsafe" not in shown.headers["content-security-policy"]


async def test_the_street_sees_its_area_and_others_do_not(pages: Pages) -> None:
    await pages.office.open("case")
    street, other = await pages.browser_of("street"), await pages.browser_of("other_street")

    assert str(an_id("case")) in (await street.get("/subdistrict")).text
    assert str(an_id("case")) not in (await other.get("/subdistrict")).text
    assert (await (await pages.browser_of("education")).get("/subdistrict")).status_code == 403


async def test_languages_and_themes_are_remembered_and_links_stay_here(pages: Pages) -> None:
    browser = Browser(pages.app)

    chosen = await browser.get("/look/en?back=//evil.example")
    english = await browser.get("/login")
    await browser.get("/look/dark")
    dark = await browser.get("/login")

    assert chosen.headers["location"] == "/"
    assert "Log in" in english.text
    assert 'data-theme="dark"' in dark.text
    assert (await browser.get("/look/klingon")).status_code == 404


async def test_a_wrong_category_is_put_right_by_its_name_and_the_old_one_stays_on_the_page(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")
    await browser.get(f"/cases/{an_id('case')}")
    right, wrong = (pages.parts.names.item(code, "zh") for code in ("0501", "0203"))
    assert f'<option value="{right}">0501</option>' in browser.page

    answer = await browser.act("correct", reason="群众说的是另一件事", item=right)

    assert answer.status_code == 303
    await browser.get(f"/cases/{an_id('case')}")
    assert f"{wrong} → {right}" in browser.page
    assert "群众说的是另一件事" in browser.page


async def test_a_whistle_names_its_meeting_point_without_a_map(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("coordinator")
    await browser.get(f"/cases/{an_id('case')}")

    answer = await browser.act("whistle", kind="public_demand", reason="多日未办", place="南街 6 号门前")

    assert answer.status_code == 303
    assert "南街 6 号门前" in (await browser.get("/subdistrict")).text
    whistles = (await pages.office.get("coordinator", "/api/v1/whistles")).json()["rows"]
    assert [whistle["meeting"]["place"] for whistle in whistles] == ["南街 6 号门前"]


async def test_a_map_draws_the_ground_of_one_subdistrict_or_of_all(pages: Pages) -> None:
    browser = await pages.browser_of("coordinator")

    mine = (await browser.get("/ground.json?within=sub-01")).json()["grids"]
    everything = (await browser.get("/ground.json")).json()["grids"]

    assert 0 < len(mine) < len(everything)
    known = pages.parts.names.latest().organisation
    assert all(known.is_under(grid["id"], ("sub-01",)) for grid in mine)


def a_contact(name: str, tail: str) -> str:
    """Return the SQL of a report whose reporter's phone ends so, as intake leaves it."""
    report, key = an_id(name), next(iter(the_keys().keys.values()))
    mac = hmac.digest(key.marking, b"tail/" + tail.encode(), "sha256")[:16].hex()
    return (
        "insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body) "
        f"values ('{report}', {int(tail)}, 1, now(), 'k1', 'ordinary', '');"
        f"insert into vault.contacts values ('{report}', 'k1', '\\x00', '\\x00', '\\x{mac}');"
    )


async def test_the_end_of_a_phone_finds_the_units_own_cases_and_each_look_is_written_down(pages: Pages) -> None:
    await pages.office.open("case", "other")
    await pages.office.open("theirs", lead="municipal_works", cooperating=())
    contacts = {"case": "1234", "other": "5678", "theirs": "9234"}
    pages.office.database.run_sql("".join(a_contact(name, tail) for name, tail in contacts.items()))
    browser = await pages.browser_of("drainage")

    found = (await browser.get("/queue?tail=1234")).text
    stranger = (await browser.get("/queue?tail=9234")).text

    assert str(an_id("case")) in found
    assert str(an_id("other")) not in found
    assert "没有符合条件的案件" in stranger
    noted = pages.office.database.run_sql("select report_id, person_id, purpose from vault.audit").strip()
    assert noted == f"{an_id('case')}|{an_id('person drainage')}|search by phone tail"


async def test_a_work_order_has_everything_that_goes_out_on_paper(pages: Pages) -> None:
    await pages.office.open("case")
    browser = await pages.browser_of("drainage")

    order = (await browser.get(f"{CASE}/order")).text

    names = pages.parts.names
    for printed in ("20260302-case", names.item("0203", "zh"), names.unit("drainage"), "井盖缺失", "何时办成", "签字"):
        assert printed in order, printed
    assert "<form" not in order.split('<article class="card case-part">')[1].split("</article>")[0]


async def test_a_return_says_how_much_of_its_days_is_left_and_only_to_the_lead(pages: Pages) -> None:
    await pages.office.open("case")
    lead, works = await pages.browser_of("drainage"), await pages.browser_of("works")
    # Opened on Monday at nine: two working days later it is too late.
    left = 'datetime="2026-03-04T01:00:00+00:00"'

    assert left in (await lead.get(CASE)).text.split('data-act="return"')[1].split("</form>")[0]
    assert 'data-act="return"' not in (await works.get(CASE)).text


async def test_the_street_judges_each_department_in_a_row_of_its_own(pages: Pages) -> None:
    await pages.office.open("case", cooperating=("municipal_works",))
    browser = await pages.browser_of("coordinator")
    await browser.act("whistle", kind="public_demand", reason="多日未办")
    await pages.office.act("drainage", {"type": "report_in", "place": "路口"})
    await browser.act("joint_result", result="积水已排")
    rows = (await browser.get(CASE)).text.split('class="act row judge"')[1:]
    assert len(rows) == 2

    judged = await browser.act(
        "evaluate", number="1", unit="drainage", punctuality="5", effort="4", result="4", satisfaction="5"
    )

    assert judged.status_code == 303
    (left,) = (await browser.get(CASE)).text.split('class="act row judge"')[1:]
    assert 'value="municipal_works"' in left
