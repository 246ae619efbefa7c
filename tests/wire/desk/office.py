"""A desk in a test: its real application over real PostgreSQL, with people at it and a clock that a test sets."""

import hashlib
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg
import httpx2
import msgspec
from prometheus_client import CollectorRegistry

from services.chassis.web.cursors import Cursors
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics
from services.desk.api.app import desk_app
from services.desk.api.desk import Desk
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import PerformActs
from services.desk.metrics import DeskMetrics
from services.identity.tokens import IssuedToken, issue_token
from services.ledger.domain.city import City
from services.ledger.domain.moving import Coming
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.opening import Openings
from services.ledger.store.settling import Settling
from tests.builders import a_city, a_dispatched_case, a_report, an_id
from tests.environment.database import Database

ANSWER: Final = {
    "type": "handle",
    "accepted_when": "周一上午九点",
    "talked_with": "报告人王某",
    "measure": "清掏雨水箅子",
    "done_by": "当天",
}
SETUP: Final = """
insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
values (1, '2026-01-01', '2026-01-01', gen_random_uuid(), gen_random_uuid(), '\\x00');
create table public.stepped (at timestamptz not null);
insert into public.stepped values ('2026-03-02 01:00:00+00');
grant select on public.stepped to public; grant usage on schema public to public;
create or replace function clock.now() returns timestamptz language sql as 'select at from public.stepped';
"""
PEOPLE: Final[Mapping[str, tuple[str, str]]] = {
    "drainage": ("drainage", "clerk"),
    "drainage_too": ("drainage", "unit_head"),
    "works": ("municipal_works", "clerk"),
    "sanitation": ("sanitation", "clerk"),
    "education": ("education", "clerk"),
    "street": ("sub-01", "subdistrict_officer"),
    "coordinator": ("sub-01", "subdistrict_coordinator"),
    "leader": ("district_command_center", "center_leader"),
    "other_street": ("sub-02", "subdistrict_officer"),
    "community": ("com-0101", "community_officer"),
    "center": ("district_command_center", "center_operator"),
}
"""Who sits where: unit and role."""


@dataclass(frozen=True)
class TheCity:
    """Every version is the same city."""

    city: City = field(default_factory=a_city)

    async def of(self, decided: int, applied: int | None = None) -> City:
        return self.city

    async def coming(self, decided: int, applied: int, at: datetime) -> tuple[Coming, ...]:
        return ()


def token_of(name: str) -> IssuedToken:
    """Return the same token for the same name."""
    drawn = itertools.count()
    return issue_token(lambda size: hashlib.sha256(f"{name}/{next(drawn)}".encode()).digest()[:size])


class Office:
    """Opens cases as the ledger does, and asks the desk as people do."""

    def __init__(self, database: Database, writer: Any, reader: Any, city: City | None = None) -> None:
        self.database = database
        cities: Any = TheCity() if city is None else TheCity(city)
        self.registry = CollectorRegistry()
        self.openings, self.settling = Openings(writer, cities), Settling(writer, cities)
        metrics = DeskMetrics.create(self.registry, ACT_TYPES)
        self.desk = Desk(
            pool=reader,
            acts=PerformActs(ledger=ActingTogether(reader, cities), metrics=metrics),
            versions=cities,
            cursors=Cursors(b"a key of the test's own"),
            metrics=metrics,
        )
        self.app = Edge(desk_app(self.desk), HttpMetrics(self.registry, "desk"), BodyLimits(64 * 1024))
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, raise_app_exceptions=False), base_url="http://desk"
        )
        self._keys = itertools.count(1)

    def seat(self) -> None:
        """Set the clock up and give everybody a person, a role and a token."""
        seat(self.database)

    def hire(self, name: str, unit: str, role: str) -> None:
        """Give somebody more a person, a role and a token."""
        self.database.run_sql(person_sql(name, unit, role))

    def at(self, instant: str) -> None:
        self.database.run_sql(f"update public.stepped set at = '{instant}'")

    def count(self, sql: str) -> int:
        return int(self.database.run_sql(f"select count(*) from {sql}"))

    async def open(self, *names: str, **changes: Any) -> None:
        """Open a case per name; a change named `report` is a mapping of the report's own changes."""
        of_report = changes.pop("report", {})
        async with self.openings.gate() as gate:
            await gate.open_once(
                [a_dispatched_case(name, report=a_report(name, **of_report), **changes) for name in names]
            )

    async def settle(self, instant: str) -> int:
        """Let time pass to `instant` and the owed steps take effect; return how many."""
        self.at(instant)
        return (await self.settling.settle_due(1_000)).steps

    async def get(self, who: str | None, path: str, **query: Any) -> httpx2.Response:
        headers = {} if who is None else {"Authorization": f"Bearer {token_of(who).secret}"}
        return await self.client.get(path, params=query or None, headers=headers)

    async def act(
        self, who: str, act: str | Mapping[str, Any], revision: int | None = 1, key: str = "", case: str = "case"
    ) -> httpx2.Response:
        """Ask for an act; `revision` None leaves `If-Match` out, `key` "-" leaves the key out."""
        headers = {"Authorization": f"Bearer {token_of(who).secret}"}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        if key != "-":
            headers["Idempotency-Key"] = key or f"key-{next(self._keys)}"
        body = msgspec.json.encode({"type": act} if isinstance(act, str) else act)
        return await self.client.post(f"/api/v1/cases/{an_id(case)}/acts", content=body, headers=headers)

    async def queue(self, who: str, **query: Any) -> list[dict[str, Any]]:
        """Return the rows of one page of a person's queue."""
        answer = await self.get(who, "/api/v1/queue", **query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["rows"])


def seat(database: Database) -> None:
    """Set the clock of a database up, and give everybody a person, a role and a token."""
    database.run_sql(SETUP + "\n".join(person_sql(name) for name in PEOPLE))


def person_sql(name: str, *place: str) -> str:
    """Return the SQL of one person with one role and one token; `place` is unit and role of somebody not listed."""
    unit, role = place or PEOPLE[name]
    person, token = an_id(f"person {name}"), token_of(name)
    return f"""
    insert into identity.persons values ('{person}', '某某', now());
    insert into identity.roles (person_id, unit, role, valid_from)
    values ('{person}', '{unit}', '{role}', '2026-01-01');
    insert into identity.tokens
    values ('\\x{token.token_hash.hex()}', '{token.prefix}', '{person}', now(), now() + interval '1 day');
    """


def bearer(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(who).secret}"}


@asynccontextmanager
async def an_office(database: Database, city: City | None = None, *, fresh: bool = True) -> AsyncIterator[Office]:
    """Open an office over a database: a fresh one, everybody is seated, or one where everybody is already."""
    session = {"timezone": "UTC", "jit": "off"}
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4, server_settings=session) as writer,
        asyncpg.create_pool(database.dsn("desk_api"), min_size=1, max_size=4, server_settings=session) as reader,
    ):
        office = Office(database, writer, reader, city)
        if fresh:
            office.seat()
        async with office.client:
            yield office
