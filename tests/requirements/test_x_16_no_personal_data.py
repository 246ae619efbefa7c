"""X-16: masking everywhere but contact reveal, audited: no phone or identity number in answers, logs, bus messages.

On the running system, after a small day in it: everything it shows, stores outside the vault, sends and writes is read.
"""

import re
from collections.abc import Mapping
from typing import Final

import pytest

from services.identity.sessions import COOKIE
from services.ledger.domain.acts import Handle, SignIn
from services.ledger.domain.state import CENTER
from tests.journeys.running_city import Filed, RunningCity
from tests.requirements.leaks import Leak, Scan, leaks_in, session_of

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

PHONE: Final = "13912340077"
IDENTITY: Final = "11010519491231002X"
"""The example of the standard, with a right check digit."""
SECRET: Final = "地下室紫色铁门后面"
"""Stands in no template, name or other report: whoever shows it shows a sensitive case."""
PEOPLE: Final[Mapping[str, tuple[str, str, str]]] = {
    "the lane's clerk": ("police", "clerk", "drugs"),
    "an ordinary clerk": ("police", "clerk", "ordinary"),
    "the department": ("drainage", "clerk", "ordinary"),
    "the street": ("sub-01", "subdistrict_officer", "ordinary"),
    "the community": ("com-0101", "community_officer", "ordinary"),
    "the center": (CENTER, "center_operator", "ordinary"),
    "the leader": (CENTER, "center_leader", "ordinary"),
}


async def a_small_day(city: RunningCity) -> tuple[Filed, Filed]:
    """Report what holds personal data, an ordinary and a sensitive case, add to both, and let people work."""
    place = city.a_grid("sub-01")
    contact = {"phone": PHONE, "name": "欧阳某", "reply_channel": "sms"}
    ordinary = await city.report(
        f"建设路积水过膝，打 １３９ １２３４ ００７７ 找我，身份证{IDENTITY}",
        item="0203", contact=contact, address="幸福里3号楼2单元501室", **place,
    )  # fmt: skip
    sensitive = await city.report(f"{SECRET}有人吸 毒，电话{PHONE}", contact=contact, **place)
    for filed in (ordinary, sensitive):
        code = filed.receipt.tracking_code
        added = await city.doors.http.post(
            f"{city.system.url('intake-api')}/api/v1/reports/{code}/followups",
            json={"kind": "facts", "text": f"刚才又有人从{SECRET}出来吸毒，我的号码{PHONE}"},
        )
        assert added.status_code == 201, added.text
    await city.act(ordinary, "drainage", SignIn())
    await city.act(
        ordinary,
        "drainage",
        Handle(accepted_when="周一上午", talked_with="报告人", measure="清掏雨水箅子", done_by="当天"),
    )
    await city.quiet.wait()
    return ordinary, sensitive


async def scanned(city: RunningCity, codes: list[str], *more: tuple[str, str]) -> tuple[list[Leak], dict[str, int]]:
    """Search everything; `more` is planted."""
    people = {who: await session_of(city.superuser, *place) for who, place in PEOPLE.items()}
    scan = Scan(system=city.system, superuser=city.superuser, http=city.doors.http, seen={})
    found = [leak for where, text in more for leak in leaks_in(where, text, [SECRET])]
    async for where, text in scan.texts(people, codes):
        found += leaks_in(where, text, [SECRET])
    return found, scan.seen


async def test_nothing_leaks_and_whatever_is_planted_is_found(city: RunningCity) -> None:
    ordinary, sensitive = await a_small_day(city)
    codes = [ordinary.receipt.tracking_code, sensitive.receipt.tracking_code]

    found, seen = await scanned(city, codes)

    assert found == []
    assert seen["log"] >= 10
    assert min(seen[kind] for kind in ("row", "record", "answer", "page", "board", "track", "metrics")) >= 2
    assert seen["answer"] > 50

    log = city.system.state.folder / "logs" / "planted.log"
    log.write_text(f'{{"event": "called {PHONE}"}}\n', encoding="utf-8")
    await city.superuser.execute("create table public.planted as select $1::text as said", f"{SECRET} {IDENTITY}")
    try:
        found, _ = await scanned(city, codes)
    finally:
        log.unlink()
        await city.superuser.execute("drop table public.planted")

    assert {(leak.where.split(" ")[0], leak.what.split(":")[0]) for leak in found} == {
        ("log", "phone number"),
        ("row", "identity number"),
        ("row", "words of a sensitive case"),
    }


async def test_the_contact_is_shown_to_who_works_on_it_for_a_purpose_that_is_kept(city: RunningCity) -> None:
    _, sensitive = await a_small_day(city)
    _, session = await session_of(city.superuser, "police", "clerk", "drugs")
    _, stranger = await session_of(city.superuser, "police", "clerk")
    page = f"{city.system.url('desk')}/cases/{sensitive.case_id}"

    shown = await revealed(city, page, session)

    assert PHONE in shown
    assert SECRET in shown
    assert (await city.doors.http.get(page, headers={"Cookie": f"{COOKIE}={stranger}"})).status_code == 404
    audit = "select purpose from vault.audit where report_id = $1 and person_id is not null"
    assert [row["purpose"] for row in await city.superuser.fetch(audit, sensitive.case_id)] == ["核实线索"]


async def revealed(city: RunningCity, page: str, session: str) -> str:
    """Ask for the contact as the page's own form does."""
    cookie = {"Cookie": f"{COOKIE}={session}"}
    form = (await city.doors.http.get(page, headers=cookie)).text
    proof = re.search(r'name="csrf"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="csrf"', form)
    assert proof is not None
    answer = await city.doors.http.post(
        f"{page}/contact", data={"csrf": proof[1] or proof[2], "purpose": "核实线索"}, headers=cookie
    )
    assert answer.status_code == 200, answer.text
    return str(answer.text)
