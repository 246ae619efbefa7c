"""Everything a running system shows, stores outside the vault or says, searched for what must not be there."""

import io
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2
import openpyxl
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.doors import again
from deploy.demo.city.quiet import all_partitions
from deploy.embedded.running import System
from services.identity.passwords import hash_password
from services.identity.sessions import COOKIE
from services.identity.tokens import issue_token
from services.intake.domain.masking import is_identity_number
from tests.requirements.routes import paths_of

NOT_A_DECIMAL: Final = r"(?<![0-9A-Za-z])(?<!\d\.)"
"""The digits behind a number's point, a longitude's for one, are no number of anybody's."""
PHONE: Final = re.compile(NOT_A_DECIMAL + r"1[3-9]\d{9}(?![0-9A-Za-z])")
IDENTITY: Final = re.compile(NOT_A_DECIMAL + r"\d{17}[\dXx](?![0-9A-Za-z])")
AROUND: Final = 40
WORKBOOKS: Final = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",)
COLUMNS: Final = """
    select table_schema, table_name, array_agg(column_name::text) filter (where data_type = 'bytea') as bytes
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema not in ('pg_catalog', 'information_schema', 'vault') and t.table_type = 'BASE TABLE'
    group by 1, 2 order by 1, 2
"""
ROWS_MAX: Final = 5_000
NEWEST: Final = "accepted_at desc, case_id desc"
"""Several are accepted at one instant of a stepped clock."""
ASKED_FOR: Final = f"select case_id::text, number from ledger.cases order by {NEWEST} limit 4"
QUERIES: Final[Mapping[str, str]] = {
    "/api/v1/cases": "?number={number}",
    "/api/v1/queue": "?expected=any",
    "/api/v1/rosters": "?unit={unit}",
    "/board/hours.json": "?version=1",
    "/bulletin/{period}/cases": "?list=district/reported",
}
"""Of paths that answer nothing, or too little, without one."""
PARAMETERS: Final[Mapping[str, str]] = {
    "attachment_id": str(UUID(int=7)), "name": "nothing", "choice": "zh", "form": "csv", "kind": "versions",
    "number": "1", "sheet": "units",
}  # fmt: skip
MAY_BE_NOTHING: Final = frozenset({
    "/assets/{name}", "/cases/{case_id}/pictures/{attachment_id}", "/rules/refused/{name}.xlsx",
    "/api/v1/rules/drafts/{number}",
})  # fmt: skip
"""Paths to what a day need not have; every other one must have answered somebody."""
FEED: Final = "/api/v1/board/feed"
"""Never ends: the deltas it would bring are those of `/api/v1/board/recent`."""
METRICS: Final = (
    "intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "reconciler", "appraisal",
)  # fmt: skip
ANSWERED: Final = frozenset({200, 302, 303, 307})
REFUSED: Final = frozenset({403, 404})
PERSON_OF: Final = """
    select person_id from identity.roles where unit = $1 and role = any ($2) and lane = $3 order by person_id limit 1
"""


@dataclass(frozen=True, slots=True)
class Leak:
    """What was found, where, and some of what stands around it."""

    where: str
    what: str
    around: str


def leaks_in(where: str, text: str, words: Iterable[str]) -> Iterator[Leak]:
    """Yield phone numbers, identity numbers, and `words`, which are those of sensitive cases."""
    for found in PHONE.finditer(text):
        yield _leak(where, "phone number", text, found.start())
    for found in IDENTITY.finditer(text):
        if is_identity_number(found[0]):
            yield _leak(where, "identity number", text, found.start())
    for word in words:
        if word in text:
            yield _leak(where, f"words of a sensitive case: {word}", text, text.index(word))


def _leak(where: str, what: str, text: str, at: int) -> Leak:
    return Leak(where, what, text[max(0, at - AROUND) : at + AROUND])


@dataclass(slots=True, kw_only=True)
class Scan:
    """One look at a whole system; counts what it has seen, so that a scan of nothing is noticed."""

    system: System
    superuser: Any
    http: httpx2.AsyncClient
    people: Mapping[str, tuple[str, str]]
    """Tokens and sessions by name."""
    codes: Sequence[str]
    month: str
    """Of which there is a bulletin."""
    received: Sequence[str]
    """Bodies of messages, as receivers got them."""
    metrics: Mapping[str, str]
    """Addresses of what is measured."""
    seen: dict[str, int] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    """Paths that gave somebody something."""
    unexpected: list[str] = field(default_factory=list)
    """Answers that are neither what was asked for nor a refusal."""

    async def texts(self) -> AsyncIterator[tuple[str, str]]:
        """Yield where and what, for everything."""
        for part in (self.logs(), self.rows(), self.records(), self.messages(), self.answers(), self.doors()):
            async for where, text in part:
                kind = where.partition(" ")[0]
                self.seen[kind] = self.seen.get(kind, 0) + 1
                yield where, text

    async def logs(self) -> AsyncIterator[tuple[str, str]]:
        for name, text in _files(self.system.state.folder / "logs"):
            yield f"log {name}", text

    async def rows(self) -> AsyncIterator[tuple[str, str]]:
        """Yield the rows of every table outside the vault; bytes as the text they hold."""
        for table in await self.superuser.fetch(COLUMNS):
            name = f'"{table["table_schema"]}"."{table["table_name"]}"'
            for row in await self.superuser.fetch(f"select * from {name} t limit {ROWS_MAX}"):
                yield f"row {name}", " ".join(_as_text(value) for value in row.values())

    async def records(self) -> AsyncIterator[tuple[str, str]]:
        """Yield every record on the bus, with its headers."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.system.values["WHISTLE_KAFKA"], enable_auto_commit=False)
        await consumer.start()
        try:
            places = all_partitions()
            consumer.assign(places)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(places)
            while any([await consumer.position(place) < end for place, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for record in records:
                        headers = " ".join(_as_text(value) for _, value in record.headers)
                        yield f"record {record.topic}", f"{_as_text(record.value)} {headers}"
        finally:
            await consumer.stop()

    async def messages(self) -> AsyncIterator[tuple[str, str]]:
        for body in self.received:
            yield "message", body

    async def answers(self) -> AsyncIterator[tuple[str, str]]:
        """Yield what desk and board answer to each of `people` on every path they have, by API and by page."""
        cases = [dict(row) for row in await self.superuser.fetch(ASKED_FOR)]
        for who, (token, session) in self.people.items():
            bearer, cookie = {"Authorization": f"Bearer {token}"}, {"Cookie": f"{COOKIE}={session}"}
            for service, path in ((each, path) for each in ("desk", "board") for path in paths_of(each)):
                of_api = path.startswith("/api/")
                kind = "board" if service == "board" else "answer" if of_api else "page"
                for asked in _asked(path, cases, self.month):
                    text = await self._get(service, path, asked, bearer if of_api else cookie)
                    yield f"{kind} {asked} to {who}", text

    async def doors(self) -> AsyncIterator[tuple[str, str]]:
        """Yield what reporters see, by API and by page, and what every service measures."""
        for number, code in enumerate(self.codes):
            address = {"X-Forwarded-For": f"10.8.0.{number + 1}"}
            for path in paths_of("intake-api"):
                text = await self._get("intake-api", path, path.format(code=code, **PARAMETERS), address)
                yield f"track {path}", text
            url, asked = f"{self.system.url('intake-api')}/track", {"code": code}
            found = await again(partial(self.http.post, url, data=asked, headers=address))
            self._note("POST /track", "POST /track", found.status_code)
            yield "track page", found.text
        for name, url in self.metrics.items():
            answer = await again(partial(self.http.get, f"{url}/metrics"))
            self._note("/metrics", f"/metrics of {name}", answer.status_code)
            yield f"metrics {name}", answer.text

    async def _get(self, service: str, path: str, asked: str, headers: Mapping[str, str]) -> str:
        url = self.system.url(service) + asked
        if path == FEED:
            async with self.http.stream("GET", url, headers=dict(headers)) as stream:
                self._note(path, asked, stream.status_code)
                return await anext(stream.aiter_text(), "")
        answer = await again(partial(self.http.get, url, headers=dict(headers)))
        self._note(path, asked, answer.status_code)
        return answer.text if answer.headers.get("content-type", "") not in WORKBOOKS else _cells(answer.content)

    def _note(self, path: str, asked: str, status: int) -> None:
        if status in ANSWERED:
            self.answered.add(path)
        elif status not in REFUSED:
            self.unexpected.append(f"{status} {asked}")


async def session_of(superuser: Any, unit: str, role: str, lane: str = "ordinary") -> tuple[str, str]:
    """Return a token and a session of somebody in a unit, role and lane, as a log-in gives them."""
    person = await superuser.fetchval(PERSON_OF, unit, [role], lane)
    issued, session = issue_token(), issue_token()
    await superuser.execute(
        "select identity.issue_token($1, $2, $3, '1 day'::interval)", issued.token_hash, issued.prefix, person
    )
    known = await superuser.fetchval("select password_hash from identity.accounts where person_id = $1", person)
    if known is None:
        known = hash_password(uuid4().hex)
        opening = "select identity.open_account($1, $2, $3, false)"
        await superuser.execute(opening, person, f"scan-{uuid4().hex[:8]}", known)
    begin = "select identity.begin_session($1, $2, $3, $4, '1 hour'::interval, '1 hour'::interval, '{}')"
    await superuser.execute(begin, person, known, session.token_hash, session.prefix)
    return issued.secret, session.secret


def _asked(path: str, cases: Sequence[Mapping[str, str]], month: str) -> Iterator[str]:
    """Yield the path as it is asked, once for each case where it is of one; KeyError for a parameter nobody knows."""
    form = path + QUERIES.get(path, "")
    given = {**PARAMETERS, "period": month, "unit": "drainage"}
    if "{case_id}" in form or path == "/api/v1/cases":
        for case in cases:
            yield form.format(**{**given, **case})
    else:
        yield form.format(**given)


def _cells(workbook: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    return "\n".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value
    )


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_text(encoding="utf-8", errors="replace")


def _as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", errors="replace")
    return "" if value is None else str(value)
