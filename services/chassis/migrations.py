"""Numbered SQL files, applied once each, in the order of the rooms; a file that changed afterwards is refused."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import asyncpg

ROOMS: Final = (
    "chassis",
    "identity",
    "reference",
    "intake",
    "ledger",
    "notify",
    "reconciler",
    "appraisal",
    "board",
    "desk",
)
OWNER: Final = "migrator"
LOCK: Final = 0x57_48_49_53_54_4C_45  # "WHISTLE": one migration at a time in a database
SCRAM_ITERATIONS: Final = 4096
FIRST: Final = "chassis/0001_roles.sql"

_MAY_ACT_AS_OWNER: Final = "select rolsuper from pg_catalog.pg_roles where rolname = current_user"

_FILE_NAME: Final = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")
_BOOK: Final = """
    create schema if not exists migrations;
    create table if not exists migrations.applied (
        room text not null,
        name text not null,
        sha256 text not null,
        applied_at timestamptz not null default clock_timestamp(),
        primary key (room, name)
    );
    grant usage on schema migrations to public;
    grant select on migrations.applied to public;
"""


class ChangedMigrationError(RuntimeError):
    """A file that was applied says something else now; write a new file instead."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of one room's `sql/`."""

    room: str
    name: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.room}/{self.name}"


def known_migrations() -> list[Migration]:
    """Return every room's files in the order of application; from a checkout or from the installed wheel."""
    return [migration for room in ROOMS for migration in _migrations_of(room)]


async def migrate(dsn: str, password: str | None = None) -> list[str]:
    """Apply what is missing, each file in one transaction, and return the names applied.

    Args:
        dsn: of the database's owner `migrator`, or of a superuser, who then acts as `migrator` after the roles exist.
        password: of that role, if the address does not need to carry it.

    Raises:
        ChangedMigrationError: before anything is applied.
    """
    applied = []
    async with _locked(dsn, password) as connection:
        await connection.execute(_BOOK)
        for migration in await _missing(connection):
            await _apply(connection, migration)
            applied.append(str(migration))
    return applied


async def pending(dsn: str, password: str | None = None) -> list[str]:
    """Return the names of the files not yet applied, in order; changes nothing.

    Raises:
        ChangedMigrationError: an applied file changed.
    """
    connection = await asyncpg.connect(dsn, password=password, timeout=10, command_timeout=30)
    try:
        return [str(migration) for migration in await _missing(connection)]
    finally:
        await connection.close(timeout=5)


async def set_passwords(dsn: str, secret_files: Mapping[str, Path], password: str | None = None) -> None:
    """Give each role the password its file holds. Only verifiers travel, so no server log can hold a password."""
    connection = await asyncpg.connect(dsn, password=password, timeout=10, command_timeout=30)
    try:
        for role, path in secret_files.items():
            verifier = scram_verifier(path.read_text(encoding="utf-8").rstrip("\r\n"), secrets.token_bytes(16))
            statement = await connection.fetchval(
                "select format('alter role %I password %L', $1::text, $2::text)", role, verifier
            )
            await connection.execute(statement)
    finally:
        await connection.close(timeout=5)


def scram_verifier(password: str, salt: bytes) -> str:
    """Return the SCRAM-SHA-256 verifier PostgreSQL stores (RFC 5803, RFC 7677).

    Raises:
        ValueError: the password is empty or not plain ASCII, for which SASLprep would change nothing.
    """
    if not password or not password.isascii() or not password.isprintable():
        raise ValueError("a database password is printable ASCII and not empty")
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    encoded = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${iterations}:{}${}:{}".format(*encoded, iterations=SCRAM_ITERATIONS)


def _migrations_of(room: str) -> list[Migration]:
    folder = files("services") / room / "sql"
    if not folder.is_dir():
        return []
    found = [entry for entry in folder.iterdir() if _FILE_NAME.match(entry.name)]
    return [
        Migration(room, entry.name, entry.read_text("utf-8")) for entry in sorted(found, key=lambda entry: entry.name)
    ]


@asynccontextmanager
async def _locked(dsn: str, password: str | None) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn, password=password, timeout=10, command_timeout=600)
    try:
        await connection.execute("select pg_catalog.pg_advisory_lock($1)", LOCK)
        yield connection
    finally:
        await connection.close(timeout=5)


async def _missing(connection: Any) -> list[Migration]:
    if await connection.fetchval("select pg_catalog.to_regclass('migrations.applied')") is None:
        return known_migrations()
    rows = await connection.fetch("select room, name, sha256 from migrations.applied")
    applied = {(row["room"], row["name"]): row["sha256"] for row in rows}
    missing = []
    for migration in known_migrations():
        digest = applied.get((migration.room, migration.name))
        if digest is None:
            missing.append(migration)
        elif digest != migration.sha256:
            raise ChangedMigrationError(f"{migration} changed after it was applied; restore it and write a new file")
    return missing


async def _apply(connection: Any, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute("set local lock_timeout = '10s'")
        # Tables belong to the owner, whoever migrates; before the first file has run, the owner may not exist.
        if str(migration) != FIRST and await connection.fetchval(_MAY_ACT_AS_OWNER):
            await connection.execute(f"set local role {OWNER}")
        await connection.execute(migration.text)
        await connection.execute("reset role")
        await connection.execute(
            "insert into migrations.applied (room, name, sha256) values ($1, $2, $3)",
            migration.room,
            migration.name,
            migration.sha256,
        )
