"""WeChat (微信): a mini program's subscription message to one follower, by the openid they came with.

Documented: `cgi-bin/stable_token` gives a token for two hours, `cgi-bin/message/subscribe/send` takes a message whose
values stand in the template's own fields. A follower gets as many as they agreed to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from services.notify.channels.egress import Answer, Egress
from services.notify.channels.posting import JSON, by_status, minutes, post
from services.notify.domain.outcomes import Refusal, Ruling, refused
from services.notify.domain.wording import Wording

T = TypeVar("T")

VALUE_CHARACTERS_MAX: Final = 20
"""What a field of the kind `thing` takes."""
TOKEN_MARGIN_SECONDS: Final = 300.0
STALE: Final = frozenset({"40001", "40014", "42001"})
"""The token ended or was replaced: the next attempt asks for another."""
RULINGS: Final = {
    "-1": Ruling("the system is busy"),
    "40003": Ruling("no follower has this openid", final=True),
    "40013": Ruling("the app id is wrong", after=minutes(60)),
    "40037": Ruling("the template is not known", after=minutes(60)),
    "40125": Ruling("the app secret is wrong", after=minutes(60)),
    "40164": Ruling("our address is not on the app's list", after=minutes(60)),
    "43101": Ruling("the follower has not agreed, or no more", final=True),
    "45009": Ruling("the day's quota is used up", after=minutes(360)),
    "47003": Ruling("a value does not fit its field", final=True),
    **{code: Ruling("the token ended", after=minutes(1)) for code in STALE},
}


class _Token(msgspec.Struct):
    errcode: int = 0
    access_token: str = ""
    expires_in: int = 0


class _Told(msgspec.Struct):
    errcode: int = 0


@dataclass(slots=True, kw_only=True)
class WeChat:
    """The mini program that residents report with."""

    url: str
    app_id: str
    app_secret: str = field(repr=False)
    template: str
    fields: tuple[str, str, str]
    """The template's fields for number, what and until."""
    seconds: Callable[[], float]
    _token: str = field(init=False, default="", repr=False)
    _until: float = field(init=False, default=0.0)

    async def send(self, egress: Egress, openid: str, wording: Wording) -> Refusal | None:
        """Return None when WeChat took the message."""
        token = await self._token_now(egress)
        if isinstance(token, Refusal):
            return token
        values = (wording.number, wording.what, wording.until)
        message = {
            "touser": openid,
            "template_id": self.template,
            "data": {
                name: {"value": value[:VALUE_CHARACTERS_MAX] or "-"}
                for name, value in zip(self.fields, values, strict=True)
            },
        }
        path = f"{self.url}/cgi-bin/message/subscribe/send?access_token={token}"
        told = _read(await post(egress, path, msgspec.json.encode(message), JSON), _Told)
        if isinstance(told, Refusal):
            return told
        if str(told.errcode) in STALE:
            self._until = 0.0
        return _verdict(told.errcode)

    async def _token_now(self, egress: Egress) -> str | Refusal:
        if self.seconds() < self._until:
            return self._token
        asked = {"grant_type": "client_credential", "appid": self.app_id, "secret": self.app_secret}
        answer = await post(egress, f"{self.url}/cgi-bin/stable_token", msgspec.json.encode(asked), JSON)
        told = _read(answer, _Token)
        if isinstance(told, Refusal):
            return told
        refusal = _verdict(told.errcode)
        if refusal is not None or not told.access_token:
            return refusal or Refusal(reason="WeChat gave no token")
        self._token, self._until = told.access_token, self.seconds() + told.expires_in - TOKEN_MARGIN_SECONDS
        return self._token


def _read(answer: Answer | Refusal, form: type[T]) -> T | Refusal:
    if isinstance(answer, Refusal):
        return answer
    if (refusal := by_status(answer)) is not None:
        return refusal
    try:
        return msgspec.json.decode(answer.body, type=form)
    except msgspec.DecodeError:
        return Refusal(reason="WeChat answered nothing that can be read")


def _verdict(code: int) -> Refusal | None:
    return None if code == 0 else refused("WeChat", code, RULINGS)
