"""`whistle answers`: what reporters were told of their reports, and the ones that were given up tried again."""

from typing import Final

import typer

from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="What reporters were told.", no_args_is_help=True)

STANDING: Final = "select kind, state, answers, latest, error from notify.answers_standing()"
COLUMNS: Final = ("kind", "state", "answers", "latest", "error")
RETRY: Final = "select notify.retry_answers()"


@app.command("ls")
def list_answers(*, as_json: AsJson = False) -> None:
    """Count what was told, by kind and state; nobody is named."""
    answer(_list(), as_json=as_json)


@app.command()
def retry(*, as_json: AsJson = False) -> None:
    """Try again what was given up."""
    answer(_retry(), as_json=as_json)


async def _list() -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(STANDING)
    shown = ([row[name] for name in COLUMNS] for row in rows)
    told = [table(COLUMNS, shown)] if rows else ["nobody was told of anything yet"]
    return Answer([dict(row) for row in rows], told)


async def _retry() -> Answer:
    async with as_operator() as connection, connection.transaction():
        count = await connection.fetchval(RETRY)
        await note(connection, "answers retried", "reporters", {"answers": count})
    return Answer({"retried": count}, [f"{count} answers will be tried again"])
