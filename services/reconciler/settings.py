"""Settings of the reconciler's process: WHISTLE_RECONCILER_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithKafka, WithPostgres


class ReconcilerSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_RECONCILER_")

    kafka_replication: int = Field(default=1, ge=1, le=7, description="Copies of a topic that has to be made anew.")
    tick_seconds: float = Field(default=5.0, gt=0, le=300, description="Real seconds between two looks at the broker.")
    leeway_seconds: float = Field(
        default=30.0, ge=0, le=3600, description="Real seconds an effect may take before it is looked for."
    )
    resend_max: int = Field(default=500, ge=1, le=10_000, description="Rows of one hop sent again at a time.")
    sweep_max: int = Field(default=20_000, ge=1, le=1_000_000, description="Ids of one hop swept at a time.")
