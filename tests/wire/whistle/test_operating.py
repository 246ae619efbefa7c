"""The clock's stop, and subscriptions."""

from pathlib import Path

import pytest

from deploy.embedded.secret_files import make_secrets
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine


@pytest.fixture
def with_keys(whistle: CommandLine, tmp_path: Path) -> CommandLine:
    """May seal secrets, and reach the loopback."""
    make_secrets(tmp_path, ["vault_keys"])
    keys = {"WHISTLE_CLI_VAULT_KEYS_FILE": str(tmp_path / "vault_keys")}
    return CommandLine({**whistle.environment, **keys, "WHISTLE_CLI_ALLOWED_NETWORKS": "127.0.0.0/8"})


def test_a_stopped_clock_runs_again_once_somebody_confirms_it(whistle: CommandLine, database: Database) -> None:
    database.run_sql("insert into ledger.clock_stop (reason) values ('clocks differ by 9 s')")

    assert whistle.run("clock", "status").status == 1
    assert whistle.told("clock", "confirm") == {"confirmed": "clocks differ by 9 s"}
    assert whistle.told("clock", "status")["stopped"] is None
    assert whistle.run("clock", "confirm").status == 1
    assert database.run_sql("select act from delivery.operator_acts") == "clock confirmed"


def test_a_webhook_is_added_listed_and_ended(with_keys: CommandLine) -> None:
    made = with_keys.told(
        *("subscription", "add", "--unit", "drainage", "--url", "http://127.0.0.1:9/hook", "--event", "no_show")
    )
    (listed,) = with_keys.told("subscription", "ls")

    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in with_keys.run("subscription", "ls").out
    assert (listed["unit"], listed["events"]) == ("drainage", ["no_show"])
    with_keys.told("subscription", "disable", made["subscription_id"])
    assert with_keys.told("subscription", "ls") == []


@pytest.mark.parametrize(
    ("url", "event"),
    [
        pytest.param("http://10.0.0.1/hook", "no_show", id="a-network-that-is-not-allowed"),
        pytest.param("http://127.0.0.1:9/hook", "no_such_thing", id="an-unknown-event"),
    ],
)
def test_a_webhook_that_must_not_be_is_refused(with_keys: CommandLine, url: str, event: str) -> None:
    ended = with_keys.run("subscription", "add", "--unit", "drainage", "--url", url, "--event", event)

    assert ended.status == 1
    assert with_keys.told("subscription", "ls") == []


def test_a_duty_phone_is_added_from_a_file_and_never_shown(with_keys: CommandLine, tmp_path: Path) -> None:
    written = tmp_path / "phone"
    written.write_text("sms:138 1234 5678\n")

    made = with_keys.told("subscription", "add", "--unit", "drainage", "--to", f"@{written}")

    assert made["secret"] is None
    (listed,) = with_keys.told("subscription", "ls")
    assert (listed["channel"], listed["url"]) == ("sms", "138****5678")


def test_a_test_message_that_nobody_delivers_says_so(with_keys: CommandLine) -> None:
    made = with_keys.told("subscription", "add", "--unit", "drainage", "--to", "http://127.0.0.1:9/hook")

    ended = with_keys.run("subscription", "test", made["subscription_id"], "--wait", "0")

    assert ended.status == 1
    assert "is notify running?" in ended.out
    assert with_keys.told("subscription", "replay", made["subscription_id"], "--since", "2026-01-01") == {"replayed": 0}
