"""One database per test, cloned from a template that was migrated once per session."""

import importlib
import itertools
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded.postgres import Postgres
from deploy.embedded.postgres_data import PostgresError
from deploy.embedded.secret_files import PASSWORD_SUFFIX
from deploy.embedded.waiting import run_apart

TEMPLATE: Final = "whistle_template"
AHEAD: Final = 3
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


class Clones:
    """Fresh copies of the template, made ahead and dropped while the next test runs already."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._beside = ThreadPoolExecutor(1, "clones")
        self._ahead = deque(self._beside.submit(self._make) for _ in range(AHEAD))

    @contextmanager
    def one(self) -> Iterator[Database]:
        """Give a fresh copy; it is dropped after the block."""
        name = self._taken()
        self._ahead.append(self._beside.submit(self._make))
        yield Database(self._server, name)
        self._beside.submit(self._server.run_sql, f"drop database if exists {name} with (force);")

    def close(self) -> None:
        """Return when nothing is made or dropped any more."""
        self._beside.shutdown(wait=True)

    def _taken(self) -> str:
        try:
            return self._ahead.popleft().result()
        except PostgresError:  # a test may have restarted the server meanwhile
            return self._make()

    def _make(self) -> str:
        """Copy the template's files: writing each page of it to the log as well takes twice the time."""
        name = f"whistle_test_{next(_serial)}"
        self._server.run_sql(f"create database {name} owner migrator template {TEMPLATE} strategy file_copy;")
        return name
