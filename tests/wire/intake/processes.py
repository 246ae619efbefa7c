"""intake's two processes as processes, and what they publish."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.component.intake.window import A_REPORT
from tests.environment.database import Database
from tests.environment.process import Process, known_as

DATABASE_SECONDS_MAX = "8"
"""Where no deadline is shown: within the usual 1.8 s a machine that stands still makes a 503 of any request."""
KEY_FILE = '{"current": "k1", "keys": {"k1": "dGhlIHRlc3RzIG93biBrZXkgb2YgMzIgYnl0ZXMhISE="}}'


@dataclass(slots=True)
class IntakeProcess(Process):
    """`python -m services.intake <name>`, and a client at its door."""

    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx2.AsyncClient(base_url=self.url, timeout=60)

    async def report(self, key: str | None = None, **fields: Any) -> httpx2.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post("/api/v1/reports", json={**A_REPORT, **fields}, headers=headers)


@asynccontextmanager
async def running(name: str, database: Database, folder: Path, **settings: str) -> AsyncIterator[IntakeProcess]:
    """Run one process until the block is left; `folder` holds its keys and pictures."""
    keys = folder / "vault_keys"
    keys.write_text(KEY_FILE, encoding="utf-8")
    of_api = {
        "VAULT_KEYS_FILE": str(keys),
        "ATTACHMENTS": str(folder / "pictures"),
        "DATABASE_SECONDS_MAX": DATABASE_SECONDS_MAX,
    }
    own = known_as(f"intake_{name}", database) | (of_api if name == "api" else {})
    process = IntakeProcess("intake", own | settings, name)
    with process.running():
        async with process.client:
            yield process
