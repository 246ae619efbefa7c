"""Settings: read from the environment and from files; refused in plain words."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from services.chassis.failures import EXIT_CONFIGURATION
from services.chassis.settings import WithKafka, WithPostgres, load


class ProbeSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_PROBE_")

    cursor_key: SecretStr


GOOD = {
    "PORT": "8080",
    "POSTGRES_DSN": "postgresql://probe@db:5432/whistle",
    "KAFKA_BROKERS": "a:9092,b:9092",
    "CURSOR_KEY": "secret",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(f"WHISTLE_PROBE_{name}", value)
    return monkeypatch


def refused(capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.raises(SystemExit) as left:
        load(ProbeSettings)
    assert left.value.code == EXIT_CONFIGURATION
    return capsys.readouterr().err.splitlines()


def test_the_environment_is_enough(environment: pytest.MonkeyPatch) -> None:
    settings = load(ProbeSettings)

    assert settings.service == "probe"
    assert settings.host == "127.0.0.1"
    assert settings.kafka.instance_id == "probe-0"
    assert settings.postgres.pool_size == 8


def test_any_setting_may_come_from_a_file_without_its_last_line_break(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("pass word\n", encoding="utf-8")
    environment.setenv("WHISTLE_PROBE_POSTGRES_PASSWORD_FILE", str(secret))

    assert load(ProbeSettings).postgres.password == "pass word"


def test_every_error_is_told_at_once(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.delenv("WHISTLE_PROBE_KAFKA_BROKERS")
    environment.setenv("WHISTLE_PROBE_PORT", "70000")
    environment.setenv("WHISTLE_PROBE_POSTGRES_POOLSIZE", "8")

    told = refused(capsys)

    assert any("WHISTLE_PROBE_KAFKA_BROKERS: missing" in line for line in told)
    assert any(line.startswith("WHISTLE_PROBE_PORT: ") for line in told)
    assert any("did you mean WHISTLE_PROBE_POSTGRES_POOL_SIZE?" in line for line in told)


@pytest.mark.parametrize("content", [None, "", "x" * 100_000])
def test_a_file_that_cannot_be_a_secret_is_refused_by_name(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    environment.setenv("WHISTLE_PROBE_POSTGRES_PASSWORD_FILE", str(secret))

    assert any(line.startswith("WHISTLE_PROBE_POSTGRES_PASSWORD_FILE: ") for line in refused(capsys))


def test_a_setting_and_its_file_at_once_are_refused(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("WHISTLE_PROBE_CURSOR_KEY_FILE", str(tmp_path))

    assert any("both set" in line for line in refused(capsys))


def test_what_is_printed_shows_no_secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("WHISTLE_PROBE_POSTGRES_DSN", "postgresql://probe:hunter2@db/whistle")

    told = str(load(ProbeSettings).describe())

    assert "hunter2" not in told
    assert "secret" not in told
