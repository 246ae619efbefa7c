"""Starts the command line: `whistle …`, or `python -m services.whistle …`."""

import sys
from functools import cache
from importlib import import_module
from typing import Final

import typer

HELP: Final = (
    "Whistle (吹哨报到) from the command line. "
    "Exit status: 0 done, 1 refused or a check failed, 2 used wrongly, 3 not reachable."
)
NOUNS: Final = {
    "migrate": "migrate:migrate",
    "topics": "topics:app",
    "token": "tokens:app",
    "account": "accounts:app",
    "load": "load:app",
    "rules": "rules:app",
    "admission": "admissions:app",
    "dedup": "dedup:app",
    "calendar": "calendars:app",
    "mode": "mode:app",
    "case": "case:app",
    "appraisal": "appraisal:app",
    "dlq": "dead_letters:app",
    "clock": "clock:app",
    "subscription": "subscriptions:app",
    "answers": "answers:app",
    "sensor": "sensors:app",
    "reports": "importing:app",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "doctor": "examine:doctor",
    "up": "up:up",
    "down": "up:down",
    "status": "up:status",
}
"""What can be said, and the module that does it."""


@cache
def application(noun: str = "") -> typer.Typer:
    """Return the command line; of one noun, if that is what was said: the others cost a second to import."""
    app = typer.Typer(
        name="whistle",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,
        rich_markup_mode=None,
    )
    app.callback(help=HELP)(_nothing)
    for name in [noun] if noun in NOUNS else NOUNS:
        module, _, part = NOUNS[name].partition(":")
        found = getattr(import_module(f"services.whistle.{module}"), part)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def _nothing() -> None:
    """Make it a group even with one command in it, so that the command's name is said."""


def main() -> None:
    """Run one command and leave with its exit status."""
    application(sys.argv[1] if len(sys.argv) > 1 else "")()


if __name__ == "__main__":
    main()
