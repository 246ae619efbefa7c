"""Settings of the router: WHISTLE_ROUTER_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithKafka, WithPostgres


class RouterSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_ROUTER_")

    batch_max: int = Field(default=500, ge=1, le=5_000, description="Reports decided in one batch at most.")
    batch_within_seconds: float = Field(
        default=0.02, gt=0, le=5, description="Longest wait for a batch to fill; every report may wait so long."
    )
