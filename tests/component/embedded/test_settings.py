"""compose.yaml gives each process settings that it accepts: all it needs, none it does not know."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from deploy.embedded.compose import read_compose
from deploy.embedded.processes import argv
from deploy.embedded.secret_files import declared_secrets, make_secrets
from deploy.embedded.state import COMPOSE, PROJECT


async def test_every_process_accepts_its_environment(tmp_path: Path) -> None:
    make_secrets(tmp_path, declared_secrets(COMPOSE))
    services = read_compose(COMPOSE, {"WHISTLE_SECRETS": str(tmp_path), "WHISTLE_ATTACHMENTS": str(tmp_path)})
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)}
    ours = [service for service in services.values() if service.health and not service.embedded]

    answers = await asyncio.gather(
        *(said_by(argv((*service.command, "--check-config")), {**kept, **service.environment}) for service in ours)
    )

    refused = {service.name: said for service, (status, said) in zip(ours, answers, strict=True) if status != 0}
    assert not refused


async def said_by(command: Sequence[str], environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
