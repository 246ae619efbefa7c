"""Settings of the desk: `WHISTLE_DESK_*`."""

from typing import ClassVar

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithPostgres


class DeskSettings(WithPostgres):
    """What the desk's process needs. It never talks to Kafka: people and time do not wait for it."""

    model_config = SettingsConfigDict(env_prefix="WHISTLE_DESK_")

    other_names: ClassVar[frozenset[str]] = frozenset({"kafka_brokers", "attachments"})

    vault_keys: SecretStr = Field(description="The key file's content; its current key also seals cursors.")
    act_seconds_max: float = Field(default=10.0, gt=0, le=60, description="Longest wait for one act.")
