"""What every command offers."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.main import get_command

from deploy.embedded.state import PROJECT
from services.whistle.__main__ import application
from services.whistle.exits import ExitStatus, RefusedError, UnreachableError, UsageError, status_of


def commands() -> Iterator[tuple[str, object]]:
    """Yield every command by its words."""

    def below(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        children = getattr(command, "commands", None)
        if children is None:
            yield " ".join(words), command
            return
        for name, child in children.items():
            yield from below(child, (*words, name))

    yield from below(get_command(application()), ())


@pytest.mark.parametrize(("words", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_every_command_answers_as_json_and_says_what_it_does(words: str, command: object) -> None:
    options = {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]

    assert "--json" in options
    assert command.help  # type: ignore[attr-defined]


def test_the_commands_are_those_of_the_manual() -> None:
    assert {words for words, _ in commands()} >= {
        *("migrate", "topics apply", "token issue", "token ls", "token revoke", "load district"),
        *("rules lint", "rules diff", "rules explain", "rules replay", "rules publish", "rules rollback"),
        *("calendar status", "calendar import", "dlq ls", "dlq show", "dlq replay", "case trace", "doctor"),
        *("backup", "restore", "up", "subscription add", "subscription ls", "subscription disable", "clock confirm"),
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(RefusedError("no"), ExitStatus.REFUSED, id="refused"),
        pytest.param(UsageError("which?"), ExitStatus.USAGE, id="used-wrongly"),
        pytest.param(UnreachableError("away"), ExitStatus.UNREACHABLE, id="away"),
        pytest.param(ConnectionRefusedError(), ExitStatus.UNREACHABLE, id="nobody-listens"),
        pytest.param(FileNotFoundError(2, "none", "x.csv"), ExitStatus.REFUSED, id="no-such-file"),
        pytest.param(ZeroDivisionError(), None, id="a-fault-of-ours-shows-itself"),
    ],
)
def test_errors_end_with_a_documented_status(error: Exception, status: ExitStatus | None) -> None:
    assert status_of(error) == status


def test_away_from_a_terminal_nothing_is_coloured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.whistle", "token", "ls"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == ExitStatus.USAGE
    assert done.stderr == "WHISTLE_CLI_POSTGRES_DSN is not set\n"
