"""X-16: masking everywhere but contact reveal, audited: no phone or identity number in answers, logs, bus messages.

On the running system, after a small day in it: everything it shows, stores outside the vault, sends and writes is read.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import pytest

from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.periods import month_at
from services.appraisal.store.completeness import Taken
from services.appraisal.store.drafts import save_draft
from services.appraisal.store.months import read_month
from services.identity.sessions import COOKIE
from services.ledger.domain.acts import Handle, SignIn
from services.ledger.domain.state import CENTER
from services.worktime.calendar import SHANGHAI
from tests.journeys.running_city import Filed, RunningCity
from tests.requirements.hearing import PEOPLE, heard, issue, subscribed
from tests.requirements.leaks import MAY_BE_NOTHING, METRICS, Leak, Scan, leaks_in, session_of
from tests.requirements.leaks import PHONE as PHONE_IN
from tests.requirements.routes import paths_of
from tests.waiting import eventually
from tests.wire.notify.receiver import answering

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

PHONE: Final = "13912340077"
IDENTITY: Final = "11010519491231002X"
"""The example of the standard, with a right check digit."""
SECRET: Final = "地下室紫色铁门后面"
"""Stands in no template, name or other report: whoever shows it shows a sensitive case."""
_days: Final = itertools.count(1)


async def a_small_day(city: RunningCity) -> tuple[Filed, Filed]:
    """Report what holds personal data, an ordinary and a sensitive case, add to both, and let people work."""
    place, day = city.a_grid("sub-01"), next(_days)  # another day, other words: the same again would open no case
    contact = {"phone": PHONE, "name": "欧阳某", "reply_channel": "sms"}
    ordinary = await city.report(
        f"建设路积水过膝已{day}天，打 １３９ １２３４ ００７７ 找我，身份证{IDENTITY}",
        item="0203", contact=contact, address="幸福里3号楼2单元501室", **place,
    )  # fmt: skip
    sensitive = await city.report(f"{SECRET}第{day}间有人吸 毒，电话{PHONE}", contact=contact, **place)
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


PLANTED: Final[Mapping[str, str]] = {
    kind: f"1370000000{number}"
    for number, kind in enumerate(("log", "row", "record", "message", "answer", "page", "metrics"))
}
"""A number for each place it is hidden in; a notice brings its one to several."""
NOTICE: Final = PLANTED["record"]
CASE: Final = PLANTED["page"]


@asynccontextmanager
async def planted(city: RunningCity, filed: Filed) -> AsyncIterator[str]:
    """Hide numbers and words in every kind of place; gives the address of metrics that tell one."""
    log = city.system.state.folder / "logs" / "planted.log"
    log.write_text(f'{{"event": "called {PLANTED["log"]}"}}\n', encoding="utf-8")
    row = "create table public.planted as select $1::text as said"
    await city.superuser.execute(row, f"{SECRET} {IDENTITY} {PLANTED['row']}")
    await issue(city, f"请拨 {NOTICE}")
    was = await city.superuser.fetchval("select decision::text from ledger.cases where case_id = $1", filed.case_id)
    await city.superuser.execute(
        "update ledger.cases set decision = replace(decision::text, '建设路', $2)::json where case_id = $1",
        filed.case_id,
        f"建设路{CASE}",
    )
    try:
        async with telling(f'whistle_planted{{phone="{PLANTED["metrics"]}"}} 1\n') as address:
            yield address
    finally:
        log.unlink()
        await city.superuser.execute("drop table public.planted")
        undo = "update ledger.cases set decision = $2::text::json where case_id = $1"
        await city.superuser.execute(undo, filed.case_id, was)


@asynccontextmanager
async def telling(metrics: str) -> AsyncIterator[str]:
    """Answer every request with these metrics; gives the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answering(200, "Connection: close\r\n", metrics.encode()))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def bulletin_of_the_month(city: RunningCity) -> str:
    """Compile the month as the appraisal does in its own time; return its name."""
    month = month_at(city.clock.at, SHANGHAI)
    async with city.superuser.transaction(isolation="repeatable_read"):
        read = await read_month(city.superuser, month, SHANGHAI)
    await save_draft(city.superuser, compile_bulletin(read), (), Taken(0, 0, None), city.clock.at)
    return month.name


async def test_nothing_leaks_and_whatever_is_planted_is_found(city: RunningCity) -> None:
    async with subscribed(city, "drainage", "police", "sub-01", CENTER) as receiver:
        ordinary, sensitive = await a_small_day(city)
        async with planted(city, ordinary) as metrics:
            for said in (sensitive.receipt.number, NOTICE):
                await eventually(partial(heard, receiver, said), within_seconds=60)
            scan = Scan(
                system=city.system,
                superuser=city.superuser,
                http=city.doors.http,
                people={who: await session_of(city.superuser, *place) for who, place in PEOPLE.items()},
                codes=[ordinary.receipt.tracking_code, sensitive.receipt.tracking_code],
                month=await bulletin_of_the_month(city),
                received=[got.body for got in receiver.received],
                metrics={"planted": metrics} | {name: city.system.url(name) for name in METRICS},
            )
            found = [leak async for where, text in scan.texts() for leak in leaks_in(where, text, [SECRET])]

    assert [leak for leak in found if not is_planted(leak)] == []
    kinds = {(leak.where.partition(" ")[0], number) for leak in found for number in PHONE_IN.findall(leak.around)}
    assert {(kind, PLANTED[kind]) for kind in ("log", "row", "metrics")} <= kinds
    assert {(kind, NOTICE) for kind in ("record", "message", "row")} <= kinds
    assert {(kind, CASE) for kind in ("answer", "page", "row")} <= kinds
    paths = {path for service in ("intake-api", "desk", "board") for path in paths_of(service)}
    assert scan.unexpected == []
    assert paths - scan.answered <= MAY_BE_NOTHING
    assert {leak.what.partition(":")[0] for leak in found} == {
        "phone number", "identity number", "words of a sensitive case",
    }  # fmt: skip


def is_planted(leak: Leak) -> bool:
    return any(number in leak.around for number in PLANTED.values())


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
