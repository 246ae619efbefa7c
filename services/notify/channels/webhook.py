"""One webhook delivery: sign, post, and say how it went."""

from typing import Final

from services.notify.channels.egress import Egress
from services.notify.channels.posting import JSON, by_status, post
from services.notify.domain.outcomes import Refusal
from services.notify.domain.signing import signed_headers
from services.notify.domain.targets import Webhook
from services.notify.ports import Taken

GONE: Final = 410


async def send_webhook(egress: Egress, webhook: Webhook, told: Taken) -> Refusal | None:
    """Return None when the receiver took the message. 410 means that it wants no more of this kind."""
    headers = {**JSON, **signed_headers(str(told.message_id), told.taken_at, told.body, webhook.secrets)}
    answer = await post(egress, webhook.url, told.body, headers)
    if isinstance(answer, Refusal):
        return answer
    if answer.status == GONE:
        return Refusal(reason="answered 410: the receiver is gone", final=True)
    return by_status(answer)
