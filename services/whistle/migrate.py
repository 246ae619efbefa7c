"""`whistle migrate`: brings the database's tables to what this release needs."""

from typing import Annotated

import typer

from services.chassis import migrations
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer


def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; status 1 when something is missing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Apply what is missing in the database, each file in one transaction; a file changed since is refused."""
    answer(_check() if check else _migrate(), as_json=as_json)


async def _migrate() -> Answer:
    at = CliSettings.read().migrator
    applied = await migrations.migrate(at.dsn, at.password)
    return Answer({"applied": applied}, [*applied, f"{len(applied)} applied"])


async def _check() -> Answer:
    at = CliSettings.read().migrator
    missing = await migrations.pending(at.dsn, at.password)
    return Answer({"missing": missing}, [*missing, f"{len(missing)} missing"], failed=bool(missing))
