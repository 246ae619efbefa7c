"""One account per role of the sample district, opened anew for each demo; the passwords exist in its output only."""

import asyncio
import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from deploy.demo.preparing import DISTRICT
from deploy.embedded.running import System
from services.identity.passwords import hash_password, new_password

OPEN: Final = "select identity.open_account($1, $2, $3, false)"
PLACES: Final = {"clerk": "urban_management", "unit_head": "urban_management", "subdistrict_officer": "sub-01"}
"""Where the demo has most to see; of every other role the first person is taken."""
TWO_OF: Final = frozenset({"rule_owner", "clerk", "center_operator"})
"""Publishing takes two rule owners; whoever handles or dispatches may not judge it."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    password: str
    role: str
    unit: str
    name: str
    person_id: UUID


def open_accounts(system: System) -> list[DemoAccount]:
    """Open the accounts and return them with their passwords."""
    accounts = accounts_of(DISTRICT)
    asyncio.run(_open(system.postgres.dsn("operator"), accounts))
    return accounts


def accounts_of(folder: Path) -> list[DemoAccount]:
    """Return an account for one person of each role, and for two where two are needed."""
    chosen: list[DemoAccount] = []
    with (folder / "persons.csv").open(encoding="utf-8-sig", newline="") as sheet:
        for row in csv.DictReader(sheet):
            role, unit = row["role"], row["unit"]
            known = sum(account.role == role for account in chosen)
            if row["lane"] or known >= (2 if role in TWO_OF else 1) or unit != PLACES.get(role, unit):
                continue
            if any(account.person_id == UUID(row["person_id"]) for account in chosen):  # one account a person
                continue
            login = role.replace("_", "-") + (str(known + 1) if known else "")
            chosen.append(DemoAccount(login, new_password(), role, unit, row["name"], UUID(row["person_id"])))
    return chosen


async def _open(dsn: str, accounts: list[DemoAccount]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for account in accounts:
            hashed = await asyncio.to_thread(hash_password, account.password)
            await connection.execute(OPEN, account.person_id, account.login, hashed)
    finally:
        await connection.close()
