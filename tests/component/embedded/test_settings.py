"""compose.yaml gives each process settings that it accepts: all it needs, none it does not know."""

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.embedded.compose import read_compose
from deploy.embedded.processes import argv
from deploy.embedded.secret_files import declared_secrets, make_secrets
from deploy.embedded.state import COMPOSE, PROJECT

OUTWARD: Final = {
    "WHISTLE_NOTIFY_LANGUAGE": "en",
    "WHISTLE_NOTIFY_ALLOWED_NETWORKS": "10.1.2.0/24",
    "WHISTLE_NOTIFY_SMS_URL": "https://sms.example",
    "WHISTLE_NOTIFY_SMS_KEY_ID": "key",
    "WHISTLE_NOTIFY_SMS_SIGN_NAME": "某某区",
    "WHISTLE_NOTIFY_SMS_TEMPLATE": "SMS_1",
    "WHISTLE_NOTIFY_MAIL_HOST": "smtp.example",
    "WHISTLE_NOTIFY_MAIL_SUBMISSION": "587",
    "WHISTLE_NOTIFY_MAIL_TLS": "starttls",
    "WHISTLE_NOTIFY_MAIL_SENDER": "whistle@district.example",
    "WHISTLE_NOTIFY_MAIL_USER": "whistle",
}


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


async def test_what_an_operator_sets_for_sms_and_mail_reaches_notify(tmp_path: Path) -> None:
    make_secrets(tmp_path, declared_secrets(COMPOSE))
    (tmp_path / "sms_key_secret").write_text("signs\n")
    services = read_compose(COMPOSE, {"WHISTLE_SECRETS": str(tmp_path), **OUTWARD})
    notify = services["notify"]
    kept = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **notify.environment}

    status, said = await said_by(argv((*notify.command, "--check-config")), kept)
    _, half = await said_by(argv((*notify.command, "--check-config")), {**kept, "WHISTLE_NOTIFY_SMS_TEMPLATE": ""})

    assert status == 0
    told = json.loads(said)
    wanted = {name.removeprefix("WHISTLE_NOTIFY_").lower(): text for name, text in OUTWARD.items()}
    assert told["mail_port"] == int(wanted.pop("mail_submission"))
    assert {name: told[name] for name in wanted} == wanted
    assert told["sms_key_secret"] == told["mail_password"] == "**********"
    assert "sms_url is set, so sms_template must be" in half


async def said_by(command: Sequence[str], environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()
