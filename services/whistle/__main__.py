"""Starts the command line: `whistle …`, or `python -m services.whistle …`."""

import typer

from services.whistle import (
    backup,
    calendars,
    case,
    clock,
    dead_letters,
    examine,
    load,
    migrate,
    restore,
    rules,
    subscriptions,
    tokens,
    topics,
    up,
)

app = typer.Typer(
    name="whistle",
    help=(
        "Whistle (吹哨报到) from the command line. "
        "Exit status: 0 done, 1 refused or a check failed, 2 used wrongly, 3 not reachable."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
app.command()(migrate.migrate)
app.add_typer(topics.app, name="topics")
app.add_typer(tokens.app, name="token")
app.add_typer(load.app, name="load")
app.add_typer(rules.app, name="rules")
app.add_typer(calendars.app, name="calendar")
app.add_typer(case.app, name="case")
app.add_typer(dead_letters.app, name="dlq")
app.add_typer(clock.app, name="clock")
app.add_typer(subscriptions.app, name="subscribe")
app.command()(backup.backup)
app.command()(restore.restore)
app.command()(examine.doctor)
app.command()(up.up)
app.command()(up.down)
app.command()(up.status)


def main() -> None:
    """Run one command and leave with its exit status."""
    app()


if __name__ == "__main__":
    main()
