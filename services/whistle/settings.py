"""Settings of the command line, `WHISTLE_CLI_*`; each command asks for those it needs, so `--help` needs none."""

import os
from typing import Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import PostgresSettings, ServiceSettings, unknown_names
from services.whistle.exits import UsageError


class CliSettings(ServiceSettings):
    """Where PostgreSQL and Kafka are, and as whom: the operator, or the migrator for what changes tables."""

    model_config = SettingsConfigDict(env_prefix="WHISTLE_CLI_", frozen=True, extra="forbid", validate_default=True)

    port: int = Field(default=0, description="Not used: the command line opens no door.")
    postgres_dsn: str | None = Field(default=None, description="As role `operator`.", pattern=r"^postgres(ql)?://")
    postgres_password: SecretStr | None = None
    migrator_dsn: str | None = Field(
        default=None,
        description="As role `migrator`, for migrate, backup and restore; POSTGRES_DSN when not given.",
        pattern=r"^postgres(ql)?://",
    )
    migrator_password: SecretStr | None = None
    kafka_brokers: str | None = Field(default=None, pattern=r"^[^\s,:]+:\d{1,5}(,[^\s,:]+:\d{1,5})*$")
    kafka_replication: int = Field(default=1, ge=1, le=7, description="Copies of each topic that is created.")
    token: SecretStr | None = Field(default=None, description="Of the person who drafts or publishes.")
    vault_keys: SecretStr | None = Field(default=None, description="The key file's content; seals webhooks' secrets.")
    allowed_networks: str = Field(default="", description="As WHISTLE_NOTIFY_ALLOWED_NETWORKS.")
    services_host: str = Field(
        default="127.0.0.1", description="Where the services are, for doctor; {service}: their names."
    )
    seconds_max: float = Field(default=60.0, gt=0, le=3600, description="Deadline of one statement or one request.")

    @classmethod
    def read(cls) -> Self:
        """Return the settings of the environment.

        Raises:
            UsageError: a value that makes no sense or a name that is no setting; all of them in one message.
        """
        problems = unknown_names(cls, os.environ)
        try:
            settings = cls()
        except ValidationError as error:
            faults = error.errors(include_input=False)
            problems += [f"WHISTLE_CLI_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in faults]
        else:
            if not problems:
                return settings
        raise UsageError("\n".join(problems))

    @property
    def operator(self) -> PostgresSettings:
        """Where the operator asks.

        Raises:
            UsageError: not given.
        """
        return self._postgres(_required("WHISTLE_CLI_POSTGRES_DSN", self.postgres_dsn), self.postgres_password)

    @property
    def migrator(self) -> PostgresSettings:
        """Where tables are changed; the operator's address stands in, for images that know only one."""
        if self.migrator_dsn:
            return self._postgres(self.migrator_dsn, self.migrator_password)
        dsn = _required("WHISTLE_CLI_MIGRATOR_DSN", self.postgres_dsn)
        return self._postgres(dsn, self.migrator_password or self.postgres_password)

    @property
    def brokers(self) -> str:
        """Kafka's addresses.

        Raises:
            UsageError: not given.
        """
        return _required("WHISTLE_CLI_KAFKA_BROKERS", self.kafka_brokers)

    def _postgres(self, dsn: str, password: SecretStr | None) -> PostgresSettings:
        return PostgresSettings(
            dsn=dsn,
            password=password.get_secret_value() if password else None,
            pool_size=2,
            application_name="whistle-cli",
            command_seconds_max=self.seconds_max,
        )


def _required(name: str, value: str | None) -> str:
    if value is None:
        raise UsageError(f"{name} is not set")
    return value
