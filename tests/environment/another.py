"""Another instance of a service, beside the one that the supervisor of a running system keeps."""

import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx2

from deploy.embedded.children import Children, end
from deploy.embedded.ports import LOOPBACK, free_ports
from deploy.embedded.processes import argv
from deploy.embedded.running import System
from tests.waiting import eventually

DRAIN_SECONDS: Final = 15.0
READY_SECONDS: Final = 90.0
CALL_SECONDS: Final = 10.0
OK: Final = 200


@dataclass(frozen=True, slots=True)
class Another:
    """It has a name and a port of its own; the supervisor does not know of it."""

    name: str
    port: int
    child: subprocess.Popen[bytes]
    children: Children

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    async def until_ready(self) -> None:
        """Return when it says that it works; fails after a minute and a half."""

        async def is_ready() -> bool:
            return await readiness(self.url) == OK

        ready: bool = await eventually(is_ready, within_seconds=READY_SECONDS)
        assert ready

    def end(self) -> None:
        """Let it drain and end; one that cannot is killed."""
        end(self.child, signal.SIGTERM, DRAIN_SECONDS)
        self.children.forget(self.name)


async def readiness(url: str) -> int:
    """Return the status of a service's readiness; 0 where nobody answers."""
    async with httpx2.AsyncClient(timeout=CALL_SECONDS, trust_env=False) as http:
        with suppress(httpx2.HTTPError, OSError):
            return int((await http.get(f"{url}/readyz")).status_code)
    return 0


def start_another(
    system: System, service: str, name: str, *, more: Mapping[str, str], environment: Mapping[str, str]
) -> Another:
    """Start a service once more; `more` are settings without their prefix, `environment` variables as they are."""
    own = system.environment(service)
    prefix = next(key for key in own if key.endswith("_PORT") and "MAIL" not in key).removesuffix("PORT")
    (port,) = free_ports(1)
    settings = {"PORT": str(port), "INSTANCE": name} | {key.upper(): text for key, text in more.items()}
    command = argv(system.supervisor.services[service].command)
    told = {f"{prefix}{key}": text for key, text in settings.items()}
    children = system.supervisor.children
    return Another(name, port, children.start(name, command, own | told | dict(environment)), children)
