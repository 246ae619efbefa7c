"""Settings of notify's process: WHISTLE_NOTIFY_*."""

from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.sealing import Keys, keys_in
from services.chassis.settings import WithKafka, WithPostgres
from services.notify.domain.addresses import Network


class NotifySettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_NOTIFY_")

    batch_max: int = Field(default=500, ge=1, le=5_000, description="Facts taken in one statement at most.")
    vault_keys: SecretStr = Field(description="The key file's content; opens the secrets that sign webhooks.")
    allowed_networks: str = Field(
        default="",
        description="Networks webhooks may reach beside the public internet, also by http; e.g. 10.1.2.0/24,fd00::/8.",
    )
    certificates: Path | None = Field(
        default=None, description="A file of further certificate authorities (PEM) that receivers' TLS may rest on."
    )

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_in(text)
        return text

    @property
    def networks(self) -> tuple[Network, ...]:
        return networks_in(self.allowed_networks)

    @property
    def keys(self) -> Keys:
        return keys_in(self.vault_keys.get_secret_value().encode())


def networks_in(text: str) -> tuple[Network, ...]:
    """Return the networks of a comma-separated list. Raises ValueError naming the wrong one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
