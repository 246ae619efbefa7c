"""intake's two processes as processes, and what they publish."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from deploy.embedded.ports import free_ports
from tests.component.intake.window import A_REPORT
from tests.environment.database import Database
from tests.waiting import eventually

KEY_FILE = '{"current": "k1", "keys": {"k1": "dGhlIHRlc3RzIG93biBrZXkgb2YgMzIgYnl0ZXMhISE="}}'


@dataclass(slots=True)
class Process:
    """`python -m services.intake <name>` with its settings from the environment."""

    name: str
    settings: Mapping[str, str]
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def start(self) -> None:
        prefix = f"WHISTLE_INTAKE_{self.name.upper()}_"
        environment = {prefix + name: value for name, value in self.settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.intake", self.name],
            env={**os.environ, **environment, f"{prefix}PORT": str(self.port)},
        )

    def end(self, number: signal.Signals) -> int:
        """Send the signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    async def ready(self) -> None:
        await eventually(lambda: self.get("/readyz?verbose").startswith('{"ready":true'), within_seconds=60)

    def get(self, path: str) -> str:
        """Return what an operational path says, or why it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError as error:
            return repr(error)

    async def report(self, key: str | None = None, **fields: Any) -> httpx2.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post("/api/v1/reports", json={**A_REPORT, **fields}, headers=headers)


@asynccontextmanager
async def running(name: str, database: Database, folder: Path, **settings: str) -> AsyncIterator[Process]:
    """Run one process until the block is left; `folder` holds its keys and pictures."""
    keys = folder / "vault_keys"
    keys.write_text(KEY_FILE, encoding="utf-8")
    role = f"intake_{name}"
    of_both = {
        "POSTGRES_DSN": database.dsn_without_password(role),
        "POSTGRES_PASSWORD_FILE": str(database.password_file(role)),
    }
    of_api = {"VAULT_KEYS_FILE": str(keys), "ATTACHMENTS": str(folder / "pictures")} if name == "api" else {}
    process = Process(name, of_both | of_api | settings)
    process.start()
    try:
        async with process.client:
            yield process
    finally:
        with suppress(ProcessLookupError):
            process.end(signal.SIGKILL)
