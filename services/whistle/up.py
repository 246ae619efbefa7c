"""`whistle up | down | status`: the whole system on this machine, in the background."""

from typing import Annotated

import typer

from deploy.embedded.__main__ import main as embedded

Name = Annotated[str, typer.Option(help="Name of its state folder; two systems never share one.")]


def up(*, name: Name = "system") -> None:
    """Start Kafka, PostgreSQL and every service; returns when all are healthy."""
    raise typer.Exit(embedded("up", name))


def down(*, name: Name = "system") -> None:
    """Stop what `up` started."""
    raise typer.Exit(embedded("down", name))


def status(*, name: Name = "system") -> None:
    """Show how each service is, as JSON; status 1 when nothing runs."""
    raise typer.Exit(embedded("status", name))
