"""Settings of the desk: `WHISTLE_DESK_*`."""

from datetime import timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.sealing import Keys, keys_in
from services.chassis.settings import WithPostgres
from services.chassis.web.addresses import Network, networks_in
from services.identity.sessions import SessionLimits


class DeskSettings(WithPostgres):
    """What the desk's process needs. It never talks to Kafka: people and time do not wait for it."""

    model_config = SettingsConfigDict(env_prefix="WHISTLE_DESK_")

    other_names: ClassVar[frozenset[str]] = frozenset({"kafka_brokers"})

    vault_keys: SecretStr = Field(description="The key file's content; its current key also seals cursors.")
    attachments: str = Field(
        description="Where pictures lie: an absolute folder or s3://bucket/prefix.", pattern=r"^(/|s3://)."
    )
    trusted_proxies: str = Field(
        default="", description="Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8,127.0.0.1/32."
    )
    cookie_secure: bool = Field(default=True, description="Cookies over TLS only; false for plain HTTP on one machine.")
    session_idle_minutes: float = Field(default=60, gt=0, le=1440, description="Unused for so long, a session ends.")
    session_hours: float = Field(default=12, gt=0, le=168, description="A session ends so long after the log-in.")
    time_zone: str = Field(default="Asia/Shanghai", description="In which pages say times.")
    board_url: str = Field(
        default="",
        pattern=r"^(https?://[a-zA-Z0-9.\-\[\]:]{1,255})?$",
        description="Where browsers reach the board's snapshot and feed; empty: the same origin.",
    )
    intake_url: str = Field(
        default="http://127.0.0.1:8101",
        pattern=r"^https?://[a-zA-Z0-9.\-\[\]:]{1,255}$",
        description="Intake's API, to which /counter hands reports in.",
    )
    act_seconds_max: float = Field(default=10.0, gt=0, le=60, description="Longest wait for one act.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        # All raise ValueError, which becomes one sentence at start instead of an error at the first page.
        self.keys()
        self.proxies()
        if self.time_zone not in available_timezones():
            raise ValueError("WHISTLE_DESK_TIME_ZONE: no such time zone")
        return self

    def keys(self) -> Keys:
        """Return the keys that open contacts and seal cursors. Raises KeyFileError."""
        return keys_in(self.vault_keys.get_secret_value().encode())

    def proxies(self) -> tuple[Network, ...]:
        """Return the trusted networks. Raises ValueError."""
        return networks_in(self.trusted_proxies)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def session_limits(self) -> SessionLimits:
        return SessionLimits(timedelta(minutes=self.session_idle_minutes), timedelta(hours=self.session_hours))
