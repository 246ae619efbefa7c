"""`whistle up | down | status`: the whole system on this machine, in the background."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Annotated

import typer

from deploy.embedded.__main__ import main as embedded
from services.whistle.showing import Answer, AsJson, show

Name = Annotated[str, typer.Option(help="Name of its state folder; two systems never share one.")]


def up(*, name: Name = "system", as_json: AsJson = False) -> None:
    """Start Kafka, PostgreSQL and every service; returns when all are healthy."""
    _run("up", name, as_json=as_json)


def down(*, name: Name = "system", as_json: AsJson = False) -> None:
    """Stop what `up` started."""
    _run("down", name, as_json=as_json)


def status(*, name: Name = "system", as_json: AsJson = False) -> None:
    """Show how each service is; status 1 when nothing runs."""
    _run("status", name, as_json=as_json)


def _run(act: str, name: str, *, as_json: bool) -> None:
    if not as_json:
        raise typer.Exit(embedded(act, name))
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        code = embedded(act, name)
    show(Answer({"done": code == 0, "said": said.getvalue().splitlines()}), as_json=True)
    sys.stderr.write(complained.getvalue())
    raise typer.Exit(code)
