"""The ledger's look for reports about one thing, beside an office: compares, carries out, says where cases stand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec

from services.contracts.events import Place
from services.ledger.domain.city import City
from services.ledger.store.comparing import Comparing
from services.ledger.store.merging import CarryingOut
from services.reference.model.duplicates import DuplicatePolicy
from tests.builders import a_city, an_id
from tests.environment.database import Database
from tests.wire.desk.office import Office, TheCity, an_office

PIPE = "桥西路与文化街交叉口供水管爆了，水喷了一人多高"
CROSSING = Place(longitude=116.4021, latitude=39.9081, grid="grid-1", community="com-0101", subdistrict="sub-01")


class Merging(TheCity):
    """The city whose policy compares item 0203."""

    async def items_of(self, version: int, domains: Any) -> list[str]:
        del version, domains
        return ["0203"]


def merging_city() -> City:
    policies = msgspec.structs.replace(
        a_city().policies, duplicates=DuplicatePolicy(domains=frozenset({"02"}), automatic=True)
    )
    return replace(a_city(), policies=policies)


class Room:
    """The ledger's own look, beside an office."""

    def __init__(self, office: Office, writer: Any) -> None:
        cities: Any = Merging(merging_city())
        self.office = office
        self.comparing, self.carrying_out = Comparing(writer, cities), CarryingOut(writer, cities)

    async def open(self, *names: str, **report: Any) -> None:
        await self.office.open(*names, report={"text": PIPE, "place": CROSSING} | report, cooperating=())

    async def look(self) -> int:
        """Compare and carry out until nothing is left; return how many were merged."""
        merged = 0
        while (await self.comparing.compare_due()).cases:
            pass
        while self.office.count("(select 1 where ledger.comparison_is_owed()) owed"):
            merged += await self.carrying_out.carry_out_due()
        return merged

    def state(self, name: str) -> str:
        return self.office.database.run_sql(f"select state from ledger.cases where case_id = '{an_id(name)}'").strip()


@asynccontextmanager
async def a_room(database: Database) -> AsyncIterator[Room]:
    """Open an office and the look beside it; what it compares comes from now on."""
    session = {"timezone": "UTC", "jit": "off"}
    async with (
        an_office(database, merging_city()) as office,
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=2, server_settings=session) as writer,
    ):
        room = Room(office, writer)
        await room.look()
        yield room
