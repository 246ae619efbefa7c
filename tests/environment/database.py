"""One database per test, cloned from a template that was migrated once per session."""

import importlib
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.postgres import Postgres
from deploy.embedded.secret_files import PASSWORD_SUFFIX
from deploy.embedded.waiting import run_apart

TEMPLATE: Final = "whistle_template"
_serial: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Database:
    """A database of its own, with every migration applied and no rows but theirs."""

    server: Postgres
    name: str

    def dsn(self, role: str = "migrator") -> str:
        """Return a DSN with the password of `role` in it."""
        return self.server.dsn(role, self.name)

    def dsn_without_password(self, role: str) -> str:
        """Return the DSN as compose.yaml states it; the password is in `password_file`."""
        return f"postgresql://{role}@{self.server.address}/{self.name}"

    def password_file(self, role: str) -> Path:
        return self.server.state.secrets / (role + PASSWORD_SUFFIX)

    def run_sql(self, sql: str) -> str:
        """Run `sql` as the superuser; return what psql prints, unaligned."""
        return self.server.run_sql(sql, self.name)


def make_template(server: Postgres) -> None:
    """Create the template and apply every room's migrations to it."""
    server.run_sql(f"create database {TEMPLATE} owner migrator;")
    migrations = importlib.import_module("services.chassis.migrations")
    run_apart(migrations.migrate(server.dsn("migrator", TEMPLATE)))


@contextmanager
def cloned(server: Postgres) -> Iterator[Database]:
    """Give a fresh copy of the template, about 50 ms, and drop it afterwards."""
    name = f"whistle_test_{next(_serial)}"
    server.run_sql(f"create database {name} owner migrator template {TEMPLATE};")
    yield Database(server, name)
    server.run_sql(f"drop database if exists {name} with (force);")
