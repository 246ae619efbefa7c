"""Settings from the environment: typed, bounded, prefixed, frozen; any of them from a file by `<NAME>_FILE`."""

import difflib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.chassis.failures import EXIT_CONFIGURATION
from services.chassis.setting_files import FromFiles, UnreadableSettingError

S = TypeVar("S", bound="ServiceSettings")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresSettings:
    """Where PostgreSQL is and how much of it one process uses."""

    dsn: str
    password: str | None
    pool_size: int = 8
    application_name: str = "whistle"
    command_seconds_max: float = 15.0
    clock: Literal["real", "stepped"] = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSettings:
    """Where Kafka is and who this member is: group = service, one stable instance id per process."""

    brokers: str
    service: str
    instance: str = "0"
    send_seconds_max: float = 15.0

    @property
    def instance_id(self) -> str:
        """The static member's name: a restarted process takes its partitions back at once."""
        return f"{self.service}-{self.instance}"


class ServiceSettings(BaseSettings):
    """What every process has. A service adds its fields and its prefix.

    The prefix: `model_config = SettingsConfigDict(env_prefix="WHISTLE_ROUTER_")`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=True)

    other_names: ClassVar[frozenset[str]] = frozenset()
    """Fields of another process that shares the prefix (intake's api and relay): known, but not read here."""

    host: str = Field(default="127.0.0.1", description="Address the HTTP door binds to.")
    port: int = Field(ge=0, le=65_535, description="Port of the HTTP door; 0 takes a free one.")
    instance: str = Field(default="0", pattern=r"^[A-Za-z0-9._-]{1,64}$", description="Stable name among equals.")
    log_level: Literal["INFO", "WARNING", "ERROR"] = "INFO"
    drain_seconds: float = Field(default=10.0, gt=0, le=300, description="Longest wait for work in hand at SIGTERM.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, FromFiles(settings_cls)

    @classmethod
    def prefix(cls) -> str:
        return str(cls.model_config.get("env_prefix", ""))

    @property
    def service(self) -> str:
        """The service's name, as its prefix says."""
        return self.prefix().removeprefix("WHISTLE_").rstrip("_").lower()

    def describe(self) -> dict[str, Any]:
        """Return every setting as it may be printed: secrets and passwords in addresses are hidden."""
        return {name: _hidden(value) for name, value in self.model_dump().items()}


class WithPostgres(ServiceSettings):
    """Adds PostgreSQL: `settings.postgres` is what `postgres_pool` takes."""

    postgres_dsn: str = Field(
        description="postgresql://role@host:port/database; no password in it.", pattern=r"^postgres(ql)?://"
    )
    postgres_password: SecretStr | None = Field(default=None, description="Password of the role.")
    postgres_pool_size: int = Field(default=8, ge=1, le=64)
    postgres_command_seconds_max: float = Field(default=15.0, gt=0, le=300)
    clock: Literal["real", "stepped"] = Field(default="real", description="`stepped` in demo and tests only.")

    @property
    def postgres(self) -> PostgresSettings:
        return PostgresSettings(
            dsn=self.postgres_dsn,
            password=self.postgres_password.get_secret_value() if self.postgres_password else None,
            pool_size=self.postgres_pool_size,
            application_name=f"whistle-{self.service}-{self.instance}",
            command_seconds_max=self.postgres_command_seconds_max,
            clock=self.clock,
        )


class WithKafka(ServiceSettings):
    """Adds Kafka: `settings.kafka` is what pumps and producers take."""

    kafka_brokers: str = Field(
        description="Comma-separated host:port list.", pattern=r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$"
    )
    kafka_send_seconds_max: float = Field(default=15.0, gt=0, le=120)

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(
            brokers=self.kafka_brokers,
            service=self.service,
            instance=self.instance,
            send_seconds_max=self.kafka_send_seconds_max,
        )


def load(settings_type: type[S]) -> S:
    """Return the settings, or print every error in plain words and leave with status 78."""
    problems = unknown_names(settings_type, os.environ)
    try:
        settings = settings_type()  # type: ignore[call-arg]  # read from the environment
    except ValidationError as error:
        problems += [_in_words(settings_type, details) for details in error.errors(include_input=False)]
    except UnreadableSettingError as error:
        problems.append(str(error))
    else:
        if not problems:
            return settings
    sys.stderr.write("".join(f"{problem}\n" for problem in problems))
    raise SystemExit(EXIT_CONFIGURATION)


def unknown_names(settings_type: type[ServiceSettings], environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable with the prefix that names no setting: a typo must not be silent."""
    prefix = settings_type.prefix()
    fields = {*settings_type.model_fields, *settings_type.other_names}
    known = {f"{prefix}{name}{suffix}".upper() for name in fields for suffix in ("", "_FILE")}
    sentences = []
    for name in sorted(name for name in environment if prefix and name.startswith(prefix) and name not in known):
        near = difflib.get_close_matches(name, known, n=1)
        sentences.append(f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else ""))
    return sentences


def print_checked(settings: ServiceSettings) -> None:
    """Print the settings as JSON, secrets hidden: the answer of `--check-config`."""
    sys.stdout.write(json.dumps(settings.describe(), ensure_ascii=False, indent=2, default=str) + "\n")


def _in_words(settings_type: type[ServiceSettings], details: Any) -> str:
    field = str(details["loc"][0]) if details["loc"] else "settings"
    name = f"{settings_type.prefix()}{field}".upper()
    if details["type"] == "missing":
        about = settings_type.model_fields[field].description
        return f"{name}: missing" + (f"; {about}" if about else "")
    return f"{name}: {details['msg']}"


def _hidden(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "**********"
    if isinstance(value, str) and "://" in value and "@" in value:
        parts = urlsplit(value)
        if parts.password:
            return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":**********@")))
    return value
