"""Settings of the ledger's process: WHISTLE_LEDGER_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithKafka, WithPostgres


class LedgerSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_LEDGER_")

    batch_max: int = Field(default=500, ge=1, le=5_000, description="Events opened in one transaction at most.")
    compare_seconds: float = Field(
        default=0.5, ge=0.02, le=60, description="Pause between two looks for reports about one thing."
    )
