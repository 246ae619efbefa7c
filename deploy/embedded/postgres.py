"""A real PostgreSQL on the loopback: made once, started, stopped, killed and started again."""

import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

from deploy.embedded.children import Children, end, kill_at_once
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.postgres_data import SUPERUSER, SUPERUSER_PASSWORD, PostgresData, PostgresError
from deploy.embedded.postgres_programs import plain_environment
from deploy.embedded.secret_files import PASSWORD_SUFFIX, declared_secrets, make_secrets, read_secret
from deploy.embedded.state import COMPOSE, PROJECT, State
from deploy.embedded.waiting import until

ROLES: Final = PROJECT / "deploy" / "postgres" / "roles.sql"
DATABASE: Final = "whistle"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
DURABLE: Final = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
"""What a 201 promises; services assert it again when they start."""


def login_roles() -> tuple[str, ...]:
    """Return the roles that may log in: each has a password among the secrets of compose.yaml."""
    names = declared_secrets(COMPOSE)
    return tuple(
        name.removesuffix(PASSWORD_SUFFIX)
        for name in names
        if name.endswith(PASSWORD_SUFFIX) and name != SUPERUSER_PASSWORD
    )


@dataclass(slots=True, kw_only=True)
class Postgres:
    """One server with its roles and the database `whistle`; data survive `stop` and `kill`."""

    state: State
    port: int
    children: Children
    roles: tuple[str, ...] = field(default_factory=login_roles)
    """Roles that may log in; each gets the password of its secret file."""
    settings: dict[str, str] = field(default_factory=lambda: {"shared_buffers": "512MB", "max_connections": "200"})
    _data: PostgresData | None = field(init=False, default=None)
    _programs: Path | None = field(init=False, default=None)
    _has_roles: bool = field(init=False, default=False)
    _server: subprocess.Popen[bytes] | None = field(init=False, default=None)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def data(self) -> PostgresData:
        """The cluster on disk; its folder is chosen, and made, when first asked for."""
        self._data = self._data or PostgresData.of(self.state)
        return self._data

    @property
    def programs(self) -> Path:
        """The programs that serve the data; found when first asked for, which is after the data were made."""
        self._programs = self._programs or self.data.programs()
        return self._programs

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server and self._server.poll() is None else None

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """Return a DSN with the role's password in it: for tests and set-up, never for a log."""
        password = quote(read_secret(self.state.secrets, role + PASSWORD_SUFFIX))
        return f"postgresql://{role}:{password}@{self.address}/{database}"

    def start(self) -> None:
        """Make the data if there are none, start the server, and return when it answers.

        Raises:
            PostgresError: it ended or stayed silent; its log says why.
        """
        if not self.data.is_made:
            self.data.make()
        # A killed server's children let go of its shared memory only when they notice: hence more than one try.
        if not until(self._try_to_start, START_SECONDS, tick_seconds=0.5):
            raise PostgresError(f"PostgreSQL does not start; see {self.state.logs / 'postgres.log'}")
        if not self._has_roles:
            self._make_roles()
            self._has_roles = True

    def stop(self) -> None:
        """Stop fast (SIGINT): sessions are cut, committed data are safe."""
        if self._server:
            end(self._server, signal.SIGINT, STOP_SECONDS)
            self.children.forget("postgres")

    def kill(self) -> None:
        """`kill -9` of all its processes, as a power cut would; `start` recovers."""
        if self._server:
            # By itself a session lives until it notices, and may still answer meanwhile.
            kill_at_once(self._server)

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Run `sql` as the superuser; return what psql prints, unaligned.

        Raises:
            PostgresError: a statement failed; what came before it in `sql` may stand.
        """
        uri = f"postgresql://{SUPERUSER}@{self.address}/{database}"
        done = subprocess.run(
            [str(self.programs / "psql"), "-X", "-qAt", "-v", "ON_ERROR_STOP=1", "-f", "-", uri],
            input=sql,
            env=plain_environment() | {"PGPASSWORD": read_secret(self.state.secrets, SUPERUSER_PASSWORD)},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise PostgresError(done.stderr.strip())
        return done.stdout.strip()

    def _try_to_start(self) -> bool:
        options = [part for name, value in self._all_settings().items() for part in ("-c", f"{name}={value}")]
        argv = [str(self.programs / "postgres"), "-D", str(self.data.cluster), *options]
        server = self.children.start("postgres", argv, plain_environment(), self.data.run_as)
        self._server = server
        return until(lambda: server.poll() is not None or self._answers(), START_SECONDS) and server.poll() is None

    def _answers(self) -> bool:
        argv = [str(self.programs / "pg_isready"), "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(argv, env=plain_environment(), check=False).returncode == 0

    def _all_settings(self) -> dict[str, str]:
        here = {"listen_addresses": LOOPBACK, "port": str(self.port), "unix_socket_directories": ""}
        habits = {"timezone": "UTC", "log_timezone": "UTC", "max_wal_size": "4GB", "jit": "off"}
        return habits | self.settings | DURABLE | here

    def _make_roles(self) -> None:
        make_secrets(self.state.secrets, [role + PASSWORD_SUFFIX for role in self.roles])
        passwords = {role: read_secret(self.state.secrets, role + PASSWORD_SUFFIX) for role in self.roles}
        self.run_sql(
            ROLES.read_text(encoding="utf-8")
            + "".join(f"alter role {role} password '{password}';\n" for role, password in passwords.items())
            + f"select 'create database {DATABASE} owner migrator'"
            + f" where not exists (select from pg_database where datname = '{DATABASE}') \\gexec\n"
        )
