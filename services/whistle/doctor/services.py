"""The services: each asked at its door whether it is ready, and what it waits for."""

import asyncio
import http.client
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.whistle.doctor.finding import Finding

PORTS: Final[Mapping[str, int]] = {
    "intake-api": 8101,
    "intake-relay": 8102,
    "router": 8103,
    "ledger": 8104,
    "desk": 8105,
    "sla": 8106,
    "board": 8107,
    "notify": 8108,
    "reconciler": 8109,
    "appraisal": 8110,
}
"""As in compose.yaml; `WHISTLE_<SERVICE>_PORT` says otherwise, there and here."""
SECONDS_MAX: Final = 5.0
BYTES_MAX: Final = 65_536


async def look(host: str) -> Sequence[Finding]:
    """Ask every service; `{service}` in `host` stands for its name, as in a container network."""
    return await asyncio.gather(
        *(asyncio.to_thread(ask, name, host.replace("{service}", name), port_of(name)) for name in PORTS)
    )


def port_of(name: str) -> int:
    return int(os.environ.get(f"WHISTLE_{name.upper().replace('-', '_')}_PORT") or PORTS[name])


def ask(name: str, host: str, port: int) -> Finding:
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS_MAX)
    try:
        connection.request("GET", "/readyz?verbose")
        answer = connection.getresponse()
        told = json.loads(answer.read(BYTES_MAX))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Finding.failed(name, f"not answering at {host}:{port}: {error}", "start it; its log says why it ended")
    finally:
        connection.close()
    return judged(name, told)


def judged(name: str, told: Mapping[str, Any]) -> Finding:
    """Return ok, or every check of the service that fails, with its reason."""
    reasons = [f"{check}: {reason}" for check, reason in told.get("checks", {}).items() if reason != "ok"]
    if told.get("ready"):
        return Finding.ok(name, "ready")
    return Finding.failed(name, "; ".join(reasons) or "not ready", "it goes on by itself once that is well again")
