"""One webhook delivery: sign, post, and say how it went."""

from datetime import datetime
from typing import Final

from services.chassis.metrics import release
from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import CannotReachError, Egress
from services.notify.domain.signing import signed_headers
from services.notify.domain.subscription import Webhook

USER_AGENT: Final = f"whistle-notify/{release()}"


async def deliver(egress: Egress, webhook: Webhook, message_id: str, body: bytes, at: datetime) -> str | None:
    """Return None when the receiver took the message, else in a few words why not."""
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        **signed_headers(message_id, at, body, webhook.secrets),
    }
    try:
        status = await egress.post(webhook.url, body, headers)
    except RefusedDestinationError as error:
        return f"refused: {error}"
    except CannotReachError as error:
        return str(error)
    return None if 200 <= status < 300 else f"answered {status}"
