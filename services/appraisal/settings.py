"""Settings of the appraisal's process: WHISTLE_APPRAISAL_*."""

from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithKafka, WithPostgres


class AppraisalSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_APPRAISAL_")

    batch_max: int = Field(default=1_000, ge=1, le=5_000, description="Facts kept in one statement at most.")
    time_zone: str = Field(default="Asia/Shanghai", description="Where the city's weeks and months begin.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
