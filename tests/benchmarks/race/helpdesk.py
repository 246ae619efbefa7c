"""django-helpdesk: tickets by its interface behind gunicorn, and its own command that escalates overdue tickets."""

import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
import msgspec

from deploy.embedded.children import Children, end
from deploy.embedded.ports import LOOPBACK, free_ports, is_listening
from deploy.embedded.waiting import until
from tests.benchmarks import cpu
from tests.benchmarks.load.wrk import wrk
from tests.benchmarks.race.document import Deadlines, Reports
from tests.benchmarks.race.peers import PeerFailedError, Peers

DATABASE: Final = "helpdesk"
SITE: Final = "tests.benchmarks.race.helpdesk_site"
DISTRIBUTION: Final = "django-helpdesk"
TICKETS: Final = "/api/tickets/"
THREADS: Final = 4
TITLE_LETTERS: Final = 40
WARM_SECONDS: Final = 6.0
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0

COUNT: Final = "select count(*) from helpdesk_ticket"
# As many tickets as shall escalate were made two days ago, all others are closed.
OVERDUE: Final = """
    update helpdesk_ticket set
        created = case when place <= $1 then now() - interval '2 days' else created end,
        status = case when place <= $1 then 1 else 4 end
    from (select id as ticket, row_number() over (order by id) as place from helpdesk_ticket) t where id = ticket
"""
ESCALATED: Final = "select count(*) from helpdesk_ticket where last_escalation is not null"


class Helpdesk:
    """A prepared site with one token."""

    def __init__(self, peers: Peers, workers: int) -> None:
        self._peers = peers
        self._workers = workers
        self._environment = peers.environment(DATABASE) | {
            "DJANGO_SETTINGS_MODULE": f"{SITE}.settings",
            "RACE_SECRET": secrets.token_hex(32),
        }
        peers.system.postgres.run_sql(f"create database {DATABASE};")
        asked = [peers.program("python"), "-m", f"{SITE}.preparing"]
        self._token = peers.run(asked, self._environment).strip().rpartition("\n")[2]
        self._version = peers.version(DISTRIBUTION)

    async def take_reports(self, bodies: Sequence[str], seconds: float) -> Reports:
        """Load the interface as the product is loaded."""
        tickets = [_ticket(body) for body in bodies]
        folder = self._peers.system.state.folder
        headers = f"Authorization: Token {self._token}\r\n"
        connection = await asyncpg.connect(self._peers.system.postgres.dsn("postgres", DATABASE))
        with self._serving() as (url, pid):
            await wrk(url, tickets, seconds=WARM_SECONDS, folder=folder, path=TICKETS, headers=headers)
            before, used = await connection.fetchval(COUNT), self._used(pid)
            load = await wrk(url, tickets, seconds=seconds, folder=folder, path=TICKETS, headers=headers)
            made = await connection.fetchval(COUNT) - before
            spent = cpu.between(used, self._used(pid))
        await connection.close()
        took = load.microseconds / 1e6
        return Reports(
            runner=DISTRIBUTION,
            version=self._version,
            per_s=made / took,
            p50_ms=load.p50_ms,
            p99_ms=load.p99_ms,
            cpu_us={name: seconds / max(made, 1) * 1e6 for name, seconds in spent.items()},
            seconds=took,
            refused=load.refused + load.broken,
            how=f"POST {TICKETS}, gunicorn with {self._workers} workers of {THREADS} threads, letters thrown away",
        )

    async def escalate(self, count: int) -> Deadlines:
        """Make `count` tickets overdue and run the command that its documentation puts into cron."""
        connection: Any = await asyncpg.connect(self._peers.system.postgres.dsn("postgres", DATABASE))
        there = min(count, await connection.fetchval(COUNT))
        await connection.execute(OVERDUE, there)
        await connection.execute("vacuum analyze helpdesk_ticket")
        began = time.perf_counter()
        self._peers.run([self._peers.program("django-admin"), "escalate_tickets"], self._environment)
        seconds = time.perf_counter() - began
        done = await connection.fetchval(ESCALATED)
        await connection.close()
        if not done:
            raise PeerFailedError(f"of {there} overdue tickets none escalated")
        return Deadlines(
            runner=DISTRIBUTION,
            version=self._version,
            count=done,
            seconds=seconds,
            per_s=done / seconds,
            how="manage.py escalate_tickets, which its documentation runs from cron; a row for each change, no whistle",
        )

    @contextmanager
    def _serving(self) -> Iterator[tuple[str, int]]:
        (port,) = free_ports(1)
        state = self._peers.system.state
        children = Children(state.folder / "helpdesk", state.logs)
        argv = [
            self._peers.program("gunicorn"), "django.core.wsgi:get_wsgi_application()", "--preload",
            f"--bind={LOOPBACK}:{port}", f"--workers={self._workers}", "--worker-class=gthread", f"--threads={THREADS}",
            "--log-level=error", f"--chdir={state.folder}",
        ]  # fmt: skip
        server = children.start("helpdesk", argv, self._environment)
        try:
            if not until(lambda: is_listening(port), START_SECONDS):
                raise PeerFailedError(f"gunicorn does not listen; see {state.logs / 'helpdesk.log'}")
            yield f"http://{LOOPBACK}:{port}", server.pid
        finally:
            end(server, signal.SIGTERM, STOP_SECONDS)

    def _used(self, pid: int) -> Mapping[str, float]:
        postgres = self._peers.system.pid("postgres")
        return {"gunicorn": cpu.family_seconds(pid), "postgres": cpu.family_seconds(postgres or 0)}


def _ticket(body: str) -> str:
    told = msgspec.json.decode(body)
    ticket = {"queue": 1, "title": told["text"][:TITLE_LETTERS], "description": told["text"], "priority": 3}
    if "contact" in told:
        ticket["submitter_email"] = "resident@example.org"
    return msgspec.json.encode(ticket).decode()
