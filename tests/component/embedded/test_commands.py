"""`python -m deploy.embedded`: what it says and its exit status where nothing runs."""

import pytest

from deploy.embedded import lock
from deploy.embedded.__main__ import main
from deploy.embedded.state import State
from deploy.embedded.system import Settings

NAME = "never-started"


@pytest.mark.parametrize(
    ("act", "status", "said"),
    [
        pytest.param("down", 0, "not running\n", id="nothing-to-stop-is-fine"),
        pytest.param("status", 1, "not running\n", id="nothing-to-show"),
    ],
)
def test_where_nothing_runs(act: str, status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(act, NAME) == status
    assert capsys.readouterr().out == said


def test_a_system_that_has_just_begun_has_nothing_to_tell_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with lock.held(State.named(NAME).folder):
        assert main("status", NAME) == 0

    assert capsys.readouterr().out == "{}\n"


def test_an_unknown_act_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("start") == 2
    assert capsys.readouterr().err == "start: no such act; there are up, run, down, status\n"


def test_a_port_that_is_no_port_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WHISTLE_DESK_PORT", "desk")

    assert main("run", NAME) == 1
    assert capsys.readouterr().err == "WHISTLE_DESK_PORT must be a port number, not 'desk'\n"


def test_the_command_line_learns_addresses_but_no_secret() -> None:
    environment = Settings.from_environment(NAME).cli_environment()

    assert environment["WHISTLE_CLI_POSTGRES_DSN"].startswith("postgresql://operator@127.0.0.1:")
    assert environment["WHISTLE_CLI_POSTGRES_PASSWORD_FILE"].endswith("/secrets/operator_password")
    assert not [name for name in environment if name.endswith("PASSWORD")]
