"""Settings of notify's process: WHISTLE_NOTIFY_*."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from services.chassis.sealing import Keys, keys_in
from services.chassis.settings import WithKafka, WithPostgres
from services.notify.domain.addresses import Network
from services.notify.domain.phrases import Language
from services.notify.domain.targets import MAIL_ADDRESS


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

    language: Language = Field(default="zh", description="Of robots' messages, SMS and mail: zh or en.")
    sms_url: str = Field(default="", description="The SMS gateway, e.g. https://dysmsapi.aliyuncs.com; empty: no SMS.")
    sms_key_id: str = Field(default="", description="The key that may send SMS.")
    sms_key_secret: SecretStr = Field(default=SecretStr(""), description="What signs with that key.")
    sms_sign_name: str = Field(default="", description="The registered signature (签名).")
    sms_template: str = Field(default="", description="The registered template with `number`, `what` and `until`.")
    sms_resident_template: str = Field(
        default="", description="The template for reporters, with the same values; empty: the same one."
    )
    tell_reporters: bool = Field(
        default=True, description="Tell reporters with a contact what becomes of it, as far as SMS or mail is set."
    )
    wechat_app_id: str = Field(default="", description="The mini program residents report with; empty: no WeChat.")
    wechat_app_secret: SecretStr = Field(default=SecretStr(""), description="What proves the mini program.")
    wechat_template: str = Field(default="", description="Its subscription message with number, what and until.")
    wechat_fields: str = Field(
        default="character_string1,thing2,thing3",
        pattern=r"^[a-z_]{2,20}\d{1,2}(,[a-z_]{2,20}\d{1,2}){2}$",
        description="The fields of that template for number, what and until.",
    )
    wechat_url: str = Field(default="https://api.weixin.qq.com", description="Where WeChat's server API is.")
    mail_host: str = Field(
        default="", pattern=r"^[A-Za-z0-9.:-]{0,253}$", description="The SMTP server; empty: no mail."
    )
    mail_port: int = Field(default=465, ge=1, le=65_535)
    mail_tls: Literal["implicit", "starttls", "none"] = Field(
        default="implicit", description="`none` only inside an allowed network."
    )
    mail_sender: str = Field(default="", description="Whom mail is from: an address.")
    mail_user: str = Field(default="", description="Whom the SMTP server lets in; empty: without logging in.")
    mail_password: SecretStr = Field(default=SecretStr(""), description="That user's password.")

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_in(text)
        return text

    @model_validator(mode="after")
    def _are_whole(self) -> Self:
        wanted = {
            "sms_url": ("sms_key_id", "sms_key_secret", "sms_sign_name", "sms_template"),
            "wechat_app_id": ("wechat_app_secret", "wechat_template"),
            "mail_host": ("mail_sender",),
            "mail_user": ("mail_host", "mail_password"),
        }
        for name, others in wanted.items():
            missing = [other for other in others if getattr(self, name) and not _text(getattr(self, other))]
            if missing:
                raise ValueError(f"{name} is set, so {', '.join(missing)} must be")
        if self.mail_sender and not MAIL_ADDRESS.fullmatch(self.mail_sender):
            raise ValueError("mail_sender must be an address: name@host.domain")
        return self

    @property
    def reaches_reporters(self) -> bool:
        """Whether there is a way out to whoever reported."""
        return self.tell_reporters and bool(self.sms_url or self.mail_host or self.wechat_app_id)

    @property
    def networks(self) -> tuple[Network, ...]:
        return networks_in(self.allowed_networks)

    @property
    def keys(self) -> Keys:
        return keys_in(self.vault_keys.get_secret_value().encode())


def _text(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def networks_in(text: str) -> tuple[Network, ...]:
    """Return the networks of a comma-separated list. Raises ValueError naming the wrong one."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
