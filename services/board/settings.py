"""Settings of the board's process: WHISTLE_BOARD_*."""

from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.settings import WithKafka, WithPostgres


class BoardSettings(WithPostgres, WithKafka):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_BOARD_")

    allowed_origin: str = Field(
        default="",
        pattern=r"^(https?://[a-zA-Z0-9.\-\[\]:]{1,255})?$",
        description="The one origin whose pages may read the board, such as the desk's; empty: the same origin only.",
    )
    time_zone: str = Field(default="Asia/Shanghai", description="Where the city's day begins.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("no such time zone")
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
