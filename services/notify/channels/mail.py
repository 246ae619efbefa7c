"""Mail by SMTP: 4xx is for now, 5xx for good, and some codes are about the server and not about the message."""

import asyncio
import re
import ssl
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, Literal

import msgspec
from aiosmtplib import SMTP, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import CannotReachError, Egress
from services.notify.channels.posting import minutes
from services.notify.domain.outcomes import WAIT_MAX, Refusal
from services.notify.domain.wording import Wording
from services.notify.ports import Taken

SESSION_SECONDS_MAX: Final = 20.0
FAREWELL_SECONDS_MAX: Final = 2.0
TEXT_BYTES_MAX: Final = 16_000
NOT_LET_IN: Final = frozenset({454, 530, 534, 535, 538})
"""Whoever asks must be somebody else: no message can go until the settings are right."""
CLOSING: Final = 421
LATER: Final = re.compile(r"(\d{1,5}) ?(s|sec|second|m|min|minute|h|hour)s?\b", re.IGNORECASE)
SECONDS: Final = {"s": 1, "m": 60, "h": 3600}

Tls = Literal["implicit", "starttls", "none"]


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """The server that takes our mail. `none` sends in clear, and only inside an allowed network."""

    host: str
    port: int
    tls: Tls
    sender: str
    user: str | None = None
    password: str | None = None
    context: ssl.SSLContext
    seconds_max: float = SESSION_SECONDS_MAX

    async def send(self, egress: Egress, address: str, wording: Wording, told: Taken) -> Refusal | None:
        """Return None when the server took the message."""
        try:
            await self._session(egress, address, self.message(address, wording, told))
        except SMTPRecipientsRefused as error:
            return verdict(error.recipients[0].code, error.recipients[0].message)
        except SMTPResponseException as error:
            return verdict(error.code, error.message)
        except (SMTPException, RefusedDestinationError, OSError) as error:  # TimeoutError and TLS's are OSErrors
            return Refusal(reason=f"the mail server: {_said(error)}")
        return None

    async def _session(self, egress: Egress, address: str, message: EmailMessage) -> None:
        encrypted = self.tls != "none"
        pinned = await egress.connect(self.host, self.port, encrypted=encrypted)
        client = SMTP(
            hostname=self.host,
            sock=pinned,  # the client's from here on
            timeout=self.seconds_max,
            use_tls=self.tls == "implicit",
            start_tls=self.tls == "starttls",
            tls_context=self.context if encrypted else None,
            local_hostname=self.sender.rpartition("@")[2],
        )
        try:
            async with asyncio.timeout(self.seconds_max):
                await client.connect()
                if self.user is not None and self.password is not None:
                    await client.login(self.user, self.password)
                await client.sendmail(self.sender, [address], message.as_bytes())
            with suppress(SMTPException, OSError):  # taken is taken, whatever the farewell
                await client.quit(timeout=FAREWELL_SECONDS_MAX)
        finally:
            client.close()

    def message(self, address: str, wording: Wording, told: Taken) -> EmailMessage:
        """Return the mail; its id stays the same when it is sent again, so that a server may drop the second."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, address, wording.title
        mail["Date"] = format_datetime(told.taken_at)
        mail["Message-ID"] = f"<{told.message_id}@{self.sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(wording.text(TEXT_BYTES_MAX), cte="base64")
        return mail


def verdict(code: int, text: str) -> Refusal:
    """Return what a server's reply means. Its text may name the mailbox, so none of it is kept."""
    reason = f"the mail server answered {code}"
    if code in NOT_LET_IN:
        return Refusal(reason=f"{reason}: it does not let us in", after=minutes(60), holds="destination")
    if code == CLOSING:
        return Refusal(reason=f"{reason}: it takes no mail now", after=_later(text) or minutes(5), holds="destination")
    if 400 <= code < 500:
        return Refusal(reason=f"{reason}: not now", after=_later(text))
    return Refusal(reason=f"{reason}: refused for good", final=True)


def _said(error: Exception) -> str:
    """Return what may be written down: our own sentences, of others only the kind."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) if isinstance(error, RefusedDestinationError | CannotReachError) else type(error).__name__


def _later(text: str) -> timedelta | None:
    """Return the delay that a greylisting server names in its reply."""
    found = LATER.search(text)
    if found is None:
        return None
    return min(timedelta(seconds=int(found[1]) * SECONDS[found[2][0].lower()]), WAIT_MAX)
