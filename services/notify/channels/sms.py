"""SMS through a gateway that speaks as Alibaba Cloud's does: `SendSms`, signed by ACS3-HMAC-SHA256.

The text is a template registered with the operators; it takes three values: `number`, `what` and `until`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import quote

import msgspec

from services.notify.channels.destinations import destination_of
from services.notify.channels.egress import Answer, Egress
from services.notify.channels.posting import USER_AGENT, by_status, minutes, post
from services.notify.domain.outcomes import Refusal, Ruling, refused
from services.notify.domain.wording import Wording
from services.notify.ports import Taken
from services.worktime.calendar import SHANGHAI

ACTION: Final = "SendSms"
VERSION: Final = "2017-05-25"
ALGORITHM: Final = "ACS3-HMAC-SHA256"
VALUE_CHARACTERS_MAX: Final = 35
"""What a template takes in one place."""
LIMITED: Final = "isv.BUSINESS_LIMIT_CONTROL"
RULINGS: Final = {
    "isv.MOBILE_NUMBER_ILLEGAL": Ruling("the number is none", final=True),
    "isv.SMS_TEMPLATE_ILLEGAL": Ruling("the template is not registered", final=True),
    "isv.SMS_SIGNATURE_ILLEGAL": Ruling("the signature is not registered", final=True),
    "isv.TEMPLATE_MISSING_PARAMETERS": Ruling("the template asks for other values", final=True),
    "isv.TEMPLATE_PARAMS_ILLEGAL": Ruling("the template asks for other values", final=True),
    "isv.PARAM_LENGTH_LIMIT": Ruling("a value is too long", final=True),
    "isv.INVALID_PARAMETERS": Ruling("a parameter is wrong", final=True),
    "isv.INVALID_JSON_PARAM": Ruling("a parameter is wrong", final=True),
    "isv.BLACK_KEY_CONTROL_LIMIT": Ruling("a word in it is not allowed", final=True),
    "isv.OUT_OF_SERVICE": Ruling("the account has no money left", after=minutes(60), holds="destination"),
    "isv.AMOUNT_NOT_ENOUGH": Ruling("the account has no money left", after=minutes(60), holds="destination"),
    "isv.ACCOUNT_ABNORMAL": Ruling("the account is blocked", after=minutes(60), holds="destination"),
    "isp.RAM_PERMISSION_DENY": Ruling("the key may not send", final=True),
    "SignatureDoesNotMatch": Ruling("the key's secret is wrong", final=True),
    "InvalidAccessKeyId.NotFound": Ruling("the key is not known", final=True),
    "Throttling": Ruling("too many calls", after=minutes(1), holds="destination"),
    "Throttling.User": Ruling("too many calls", after=minutes(1), holds="destination"),
    "isp.SYSTEM_ERROR": Ruling("the system is busy"),
}


class _Told(msgspec.Struct, rename="pascal"):
    code: str
    message: str = ""


class SmsGateway(msgspec.Struct, frozen=True, kw_only=True):
    """Where SMS go, and what signs them."""

    url: str
    key_id: str
    key_secret: str
    sign_name: str
    template: str

    async def send(self, egress: Egress, number: str, wording: Wording, told: Taken) -> Refusal | None:
        """Return None when the gateway took the message."""
        message_id = str(told.message_id)
        query = canonical(
            {
                "PhoneNumbers": number,
                "SignName": self.sign_name,
                "TemplateCode": self.template,
                "TemplateParam": msgspec.json.encode(values_of(wording)).decode(),
                "OutId": message_id,
            }
        )
        headers = {"user-agent": USER_AGENT, **self.signed(query, message_id, told.taken_at)}
        answer = await post(egress, f"{self.url}?{query}", b"", headers)
        return answer if isinstance(answer, Refusal) else verdict(answer, told.taken_at)

    def signed(self, query: str, nonce: str, at: datetime) -> dict[str, str]:
        """Return the headers that sign a call without a body."""
        headers = {
            "host": destination_of(self.url).authority,
            "x-acs-action": ACTION,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": f"{nonce}/{int(at.timestamp() * 1000)}",
            "x-acs-version": VERSION,
        }
        return {**headers, "authorization": authorization(self, destination_of(self.url).target, query, headers)}


def authorization(gateway: SmsGateway, path: str, query: str, headers: Mapping[str, str]) -> str:
    """Return the header that proves who calls."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    request = "\n".join(["POST", path, query, lines, ";".join(names), headers["x-acs-content-sha256"]])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(gateway.key_secret.encode(), to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={gateway.key_id},SignedHeaders={';'.join(names)},Signature={signature}"


def canonical(query: Mapping[str, str]) -> str:
    """Return a query in the only form that is signed: sorted, percent-encoded by RFC 3986."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def values_of(wording: Wording) -> dict[str, str]:
    """Return the template's values; one that is missing is a dash, as a template takes no empty one."""
    values = {"number": wording.number, "what": wording.what, "until": wording.until}
    return {name: value[:VALUE_CHARACTERS_MAX] or "-" for name, value in values.items()}


def verdict(answer: Answer, at: datetime) -> Refusal | None:
    """Return what a gateway's answer means; its code stands in the body, also where the status is an error."""
    try:
        told = msgspec.json.decode(answer.body, type=_Told)
    except msgspec.DecodeError:
        return by_status(answer) or Refusal(reason="the SMS gateway answered nothing that can be read")
    if told.code == "OK":
        return by_status(answer)
    if told.code == LIMITED:
        return Refusal(
            reason=f"the SMS gateway answered {LIMITED}: too many for this number",
            after=wait_for(told.message, at),
            holds="destination",
        )
    return refused("the SMS gateway", told.code, RULINGS)


def wait_for(message: str, at: datetime) -> timedelta:
    """Return how long a number has to be left alone: the gateway names the stretch whose limit is used up."""
    if "分钟" in message:
        return minutes(1)
    if "小时" in message:
        return minutes(60)
    here = at.astimezone(SHANGHAI)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), SHANGHAI)
    return midnight - here
