"""Settings of sla's process: WHISTLE_SLA_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithPostgres


class SlaSettings(WithPostgres):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_SLA_")

    cases_max: int = Field(default=500, ge=1, le=5_000, description="Cases settled in one transaction at most.")
    poll_seconds: float = Field(default=0.1, gt=0, le=10, description="Pause when nothing is owed.")
    divergence_seconds_max: float = Field(
        default=5.0,
        gt=0,
        description="Settling stops when two clocks drift apart by more between two ticks (real clock).",
    )
