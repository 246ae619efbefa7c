"""Where a subscription's messages go: one struct per channel, checked when it is registered, sealed when it is kept."""

import re
from typing import Final, Literal, get_args
from urllib.parse import parse_qs, urlsplit

import msgspec

from services.notify.domain.signing import key_of

Channel = Literal["webhook", "wecom", "dingtalk", "sms", "mail"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

MOBILE: Final = re.compile(r"1[3-9]\d{9}")
MAIL_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}")
ADDRESS_CHARACTERS_MAX: Final = 200
KEY_CHARACTERS_MIN: Final = 8


class WrongTargetError(ValueError):
    """Not an address of this channel; the text never repeats a key or a number."""


class Webhook(msgspec.Struct, frozen=True, tag="webhook"):
    """A URL, and what signs what is posted there: two secrets while one is being replaced."""

    url: str
    secrets: tuple[str, ...]


class WeComRobot(msgspec.Struct, frozen=True, tag="wecom"):
    """A group's robot in WeCom, in the public cloud or a government's own; the key in the URL is all it asks for."""

    url: str


class DingTalkRobot(msgspec.Struct, frozen=True, tag="dingtalk", omit_defaults=True):
    """A group's robot in DingTalk; `secret` signs, where the robot asks for a signature."""

    url: str
    secret: str | None = None


class Phone(msgspec.Struct, frozen=True, tag="sms"):
    """A mobile number on duty, eleven digits."""

    number: str


class Mailbox(msgspec.Struct, frozen=True, tag="mail"):
    address: str


class Follower(msgspec.Struct, frozen=True, tag="wechat"):
    """Whoever reported by the mini program; no subscription goes there."""

    openid: str


Target = Webhook | WeComRobot | DingTalkRobot | Phone | Mailbox
"""Of subscriptions."""
Reached = Target | Follower
"""Of subscriptions and of whoever reported."""


def target_of(channel: Channel, to: str, secret: str | None = None) -> Target:
    """Return the target that a person wrote down.

    Raises:
        WrongTargetError: `to` is no address of the channel, or a secret is missing, wrong or not asked for.
    """
    if secret is not None and channel not in {"webhook", "dingtalk"}:
        raise WrongTargetError(f"a subscription by {channel} has no secret")
    match channel:
        case "webhook":
            if secret is None:
                raise WrongTargetError("a webhook has a secret that signs")
            key_of(secret)
            return Webhook(to, (secret,))
        case "wecom":
            return WeComRobot(_robot(to, "/cgi-bin/webhook/send", "key"))
        case "dingtalk":
            return DingTalkRobot(_robot(to, "/robot/send", "access_token"), secret)
        case "sms":
            return Phone(_number(to))
        case "mail":
            return Mailbox(_address(to))


def shown(target: Target) -> str:
    """Return what may be shown of a target: enough to recognise it, too little to use or to name a person."""
    match target:
        case Webhook(url=url):
            return url
        case WeComRobot(url=url) | DingTalkRobot(url=url):
            return f"{url.partition('?')[0]}?…{tail(target)}"
        case Phone(number=number):
            return f"{number[:3]}****{number[-4:]}"
        case Mailbox(address=address):
            return f"{address[0]}***@{address.rpartition('@')[2]}"


def tail(target: Target) -> str:
    """Return the last four characters of what is secret in a target."""
    match target:
        case Webhook(secrets=secrets):
            return secrets[0][-4:]
        case WeComRobot(url=url) | DingTalkRobot(url=url):
            return url[-4:]
        case Phone(number=number):
            return number[-4:]
        case Mailbox(address=address):
            return address[-4:]


def _robot(url: str, path: str, key: str) -> str:
    try:
        parts = urlsplit(url)
        given = parse_qs(parts.query, strict_parsing=True)
        fits = set(given) == {key} and parts.path.endswith(path) and len(given[key][0]) >= KEY_CHARACTERS_MIN
    except ValueError:
        fits = False
    if not fits:
        raise WrongTargetError(f"a robot's address is https://…{path}?{key}=… and nothing more")
    return url


def _number(text: str) -> str:
    plain = re.sub(r"[\s-]", "", text).removeprefix("+86")
    if not MOBILE.fullmatch(plain):
        raise WrongTargetError("a mobile number has eleven digits and begins with 13 to 19")
    return plain


def _address(text: str) -> str:
    if len(text) > ADDRESS_CHARACTERS_MAX or not MAIL_ADDRESS.fullmatch(text):
        raise WrongTargetError("a mail address is name@host.domain, without spaces or a display name")
    return text
