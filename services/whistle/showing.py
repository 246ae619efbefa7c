"""What a command answers: JSON for programs, a table or lines for people; never colours or bars without a terminal."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.status import Status
from rich.table import Table
from rich.text import Text

from services.whistle.exits import ExitStatus, reason_of, status_of

AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON on standard output.")]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a command. `told` is what `--json` prints, `lines` what people read."""

    told: Any
    lines: Sequence[RenderableType | str] = ()
    failed: bool = False
    """A check did not hold: exit status 1."""


def answer(work: Coroutine[Any, Any, Answer], *, as_json: bool) -> None:
    """Run a command to its end, print its answer, and leave with its status."""
    try:
        result = asyncio.run(work)
    except Exception as error:
        status = status_of(error)
        if status is None:
            raise
        complain(reason_of(error), as_json=as_json)
        raise typer.Exit(status) from error
    show(result, as_json=as_json)
    if result.failed:
        raise typer.Exit(ExitStatus.REFUSED)


def show(result: Answer, *, as_json: bool) -> None:
    """Print an answer."""
    if as_json:
        sys.stdout.write(json.dumps(result.told, ensure_ascii=False, indent=2, default=_plain) + "\n")
        return
    console = _console()
    for line in result.lines:
        # Text, so that brackets in what people wrote are no markup.
        console.print(Text(line) if isinstance(line, str) else line, soft_wrap=isinstance(line, str))


def complain(reason: str, *, as_json: bool) -> None:
    """Say on standard error why nothing was done."""
    if as_json:
        sys.stderr.write(json.dumps({"error": reason}, ensure_ascii=False) + "\n")
    else:
        Console(stderr=True).print(Text(reason, style="red"), soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Iterable[object]], title: str | None = None) -> Table:
    """Return a table of what `rows` hold, instants to the second, in UTC as stored."""
    shown = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*(Text(cell_of(value)) for value in row))
    return shown


def cell_of(value: object) -> str:
    """Return a value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_of, value))
    return str(value)


def busy(what: str) -> AbstractContextManager[Status]:
    """Show on a terminal's standard error that something long is going on; nothing elsewhere."""
    return Console(stderr=True).status(what)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal's standard error; give the function that says how far it is. Nothing elsewhere."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _console() -> Console:
    # Away from a terminal a table must not be cut at 80 columns.
    return Console() if sys.stdout.isatty() else Console(width=240)


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
