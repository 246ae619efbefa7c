"""Everything a running system shows, stores outside the vault or says, searched for what must not be there."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx2
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.quiet import all_partitions
from deploy.embedded.running import System
from services.identity.passwords import hash_password
from services.identity.sessions import COOKIE
from services.identity.tokens import issue_token
from services.intake.domain.masking import is_identity_number

NOT_A_DECIMAL: Final = r"(?<![0-9A-Za-z])(?<!\d\.)"
"""The digits behind a number's point, a longitude's for one, are no number of anybody's."""
PHONE: Final = re.compile(NOT_A_DECIMAL + r"1[3-9]\d{9}(?![0-9A-Za-z])")
IDENTITY: Final = re.compile(NOT_A_DECIMAL + r"\d{17}[\dXx](?![0-9A-Za-z])")
AROUND: Final = 40
COLUMNS: Final = """
    select table_schema, table_name, array_agg(column_name::text) filter (where data_type = 'bytea') as bytes
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where table_schema not in ('pg_catalog', 'information_schema', 'vault') and t.table_type = 'BASE TABLE'
    group by 1, 2 order by 1, 2
"""
ROWS_MAX: Final = 5_000
CASES_MAX: Final = 12
PATHS: Final = (
    "/api/v1/me", "/api/v1/queue", "/api/v1/queue?expected=any", "/api/v1/whistles", "/api/v1/feed", "/api/v1/digest",
    "/api/v1/proposals", "/api/v1/whistles/rates", "/api/v1/modes",
)  # fmt: skip
PAGES: Final = ("/queue", "/subdistrict", "/board", "/board/proposals", "/feed", "/proposals", "/rosters")
OF_A_CASE: Final = ("/api/v1/cases/{}", "/api/v1/cases/{}/timeline", "/api/v1/cases/{}/duplicates")
PAGES_OF_A_CASE: Final = ("/cases/{}", "/cases/{}/order")
METRICS: Final = ("intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "reconciler")
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
    seen: dict[str, int]

    async def texts(
        self, people: Mapping[str, tuple[str, str]], codes: Iterable[str]
    ) -> AsyncIterator[tuple[str, str]]:
        """Yield where and what, for everything; `people` are tokens and sessions by name, `codes` tracking codes."""
        for part in (self.logs(), self.rows(), self.records(), self.answers(people), self.doors(codes)):
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

    async def answers(self, people: Mapping[str, tuple[str, str]]) -> AsyncIterator[tuple[str, str]]:
        """Yield what the desk and the board answer to each of `people`, by API and by page."""
        desk, board = self.system.url("desk"), self.system.url("board")
        newest = f"select case_id from ledger.cases order by accepted_at desc limit {CASES_MAX}"
        cases = [str(row["case_id"]) for row in await self.superuser.fetch(newest)]
        for who, (token, session) in people.items():
            bearer, cookie = {"Authorization": f"Bearer {token}"}, {"Cookie": f"{COOKIE}={session}"}
            for path in (*PATHS, *(form.format(case) for form in OF_A_CASE for case in cases)):
                yield f"answer {path} to {who}", await self._get(desk + path, bearer)
            for path in (*PAGES, *(form.format(case) for form in PAGES_OF_A_CASE for case in cases)):
                yield f"page {path} to {who}", await self._get(desk + path, cookie)
            yield f"board to {who}", await self._get(f"{board}/api/v1/board/snapshot", bearer)

    async def doors(self, codes: Iterable[str]) -> AsyncIterator[tuple[str, str]]:
        """Yield what reporters see, and what every service measures."""
        for code in codes:
            path = f"{self.system.url('intake-api')}/api/v1/reports/{code}"
            yield "track by code", await self._get(path, {"X-Forwarded-For": "10.8.0.1"})
        for name in METRICS:
            yield f"metrics {name}", await self._get(f"{self.system.url(name)}/metrics", {})

    async def _get(self, url: str, headers: Mapping[str, str]) -> str:
        return (await self.http.get(url, headers=dict(headers))).text


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


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_text(encoding="utf-8", errors="replace")


def _as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", errors="replace")
    return "" if value is None else str(value)
