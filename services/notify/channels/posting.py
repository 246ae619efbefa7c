"""What all channels over HTTP share: one post, and what no answer or an answer without sense means."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from services.chassis.metrics import release
from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import Answer, CannotReachError, Egress
from services.notify.domain.outcomes import MINUTE, Refusal, Ruling, asked_to_wait, refused

USER_AGENT: Final = f"whistle-notify/{release()}"
JSON: Final = {"content-type": "application/json", "user-agent": USER_AGENT}
TOO_MANY: Final = 429


class _Told(msgspec.Struct):
    errcode: int


async def post(egress: Egress, url: str, body: bytes, headers: Mapping[str, str]) -> Answer | Refusal:
    """Return what was answered, or why nothing was."""
    try:
        return await egress.post(url, body, headers)
    except RefusedDestinationError as error:
        return Refusal(reason=f"refused: {error}")
    except CannotReachError as error:
        return Refusal(reason=str(error))


def by_status(answer: Answer) -> Refusal | None:
    """Return what a status alone says; 429 and Retry-After are the receiver's own delay."""
    if 200 <= answer.status < 300:
        return None
    after = asked_to_wait(answer.retry_after)
    reason = f"answered {answer.status}"
    if answer.status == TOO_MANY:
        return Refusal(reason=reason, after=after or MINUTE, holds="destination")
    return Refusal(reason=reason, after=after if answer.status >= 500 else None)


async def send_to_robot(
    egress: Egress, url: str, text: str, provider: str, rulings: Mapping[str, Ruling]
) -> Refusal | None:
    """Post a text message to a group's robot; both kinds answer 200 and say in `errcode` how it went."""
    body = msgspec.json.encode({"msgtype": "text", "text": {"content": text}})
    answer = await post(egress, url, body, JSON)
    if isinstance(answer, Refusal):
        return answer
    if (refusal := by_status(answer)) is not None:
        return refusal
    try:
        code = msgspec.json.decode(answer.body, type=_Told).errcode
    except msgspec.DecodeError:
        return Refusal(reason=f"{provider} answered nothing that can be read")
    return None if code == 0 else refused(provider, code, rulings)


def minutes(count: int) -> timedelta:
    return count * MINUTE
