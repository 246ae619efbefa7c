"""Settings of intake's two processes, from `WHISTLE_INTAKE_API_*` and `WHISTLE_INTAKE_RELAY_*`."""

from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.sealing import Keys, keys_in
from services.chassis.settings import WithKafka, WithPostgres
from services.chassis.web.addresses import Network, networks_in


class IntakeApiSettings(WithPostgres):
    """The process that takes reports in."""

    model_config = SettingsConfigDict(env_prefix="WHISTLE_INTAKE_API_")

    vault_keys: SecretStr = Field(
        description='The key file\'s content, {"current": "k1", "keys": {"k1": "<32 bytes in base64>"}}; '
        "give its path as WHISTLE_INTAKE_API_VAULT_KEYS_FILE."
    )
    attachments: str = Field(
        description="Where pictures lie: an absolute folder or s3://bucket/prefix.", pattern=r"^(/|s3://)."
    )
    trusted_proxies: str = Field(
        default="", description="Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8,127.0.0.1/32."
    )
    reports_per_minute: float = Field(default=60, gt=0, description="Reports of one address; emergencies are exempt.")
    reports_burst: float = Field(default=60, ge=1)
    staff_per_minute: float = Field(default=6_000, gt=0, description="Reports of one person with a token.")
    lookups_per_minute: float = Field(default=120, gt=0, description="Tracking requests of one address.")
    tails_per_minute: float = Field(default=6, ge=1, description="Look-ups by number and phone tail of one address.")
    misses_per_minute: float = Field(default=10, gt=0, description="Wrong codes and tokens of one address.")
    pictures_per_minute: float = Field(default=30, gt=0, description="Uploads of one address.")
    pending_rows_max: int = Field(default=500_000, ge=1, description="Unsent facts from which intake answers 503.")
    pending_hours_max: float = Field(default=24, gt=0, description="Age of the oldest unsent fact, likewise.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[a-zA-Z0-9.\-\[\]:]{1,255})?$",
        description="Where residents reach /report, for posters, such as https://report.example; empty: as asked.",
    )
    time_zone: str = Field(default="Asia/Shanghai", description="The zone of the dates on residents' pages.")
    database_seconds_max: float = Field(default=1.8, gt=0, le=10, description="Longest wait for the database.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        # Both raise ValueError, which becomes one sentence at start instead of an error at the first report.
        self.keys()
        self.proxies()
        if self.time_zone not in available_timezones():
            raise ValueError("no such time zone")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def keys(self) -> Keys:
        """Return the keys that seal and mark. Raises KeyFileError."""
        return keys_in(self.vault_keys.get_secret_value().encode())

    def proxies(self) -> tuple[Network, ...]:
        """Return the trusted networks. Raises ValueError."""
        return networks_in(self.trusted_proxies)


class IntakeRelaySettings(WithPostgres, WithKafka):
    """The process that sends what is pending."""

    model_config = SettingsConfigDict(env_prefix="WHISTLE_INTAKE_RELAY_")
