"""Every channel behind one door: a target and a body in, None or a refusal out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from services.notify.channels.dingtalk import send_dingtalk
from services.notify.channels.egress import Egress
from services.notify.channels.mail import MailServer
from services.notify.channels.sms import SmsGateway
from services.notify.channels.webhook import send_webhook
from services.notify.channels.wechat import WeChat
from services.notify.channels.wecom import send_wecom
from services.notify.domain.outcomes import Refusal
from services.notify.domain.phrases import Language
from services.notify.domain.targets import DingTalkRobot, Follower, Mailbox, Phone, Reached, Webhook, WeComRobot
from services.notify.domain.wording import Wording, wording_of
from services.notify.ports import Taken

NO_GATEWAY: Final = Refusal(reason="no SMS gateway is set", final=True)
NO_SERVER: Final = Refusal(reason="no mail server is set", final=True)

NO_PROGRAM: Final = Refusal(reason="no mini program is set", final=True)

Told = WeComRobot | DingTalkRobot | Phone | Mailbox | Follower
Naming = Callable[[], Awaitable[Mapping[str, str]]]


async def no_names() -> Mapping[str, str]:
    """Know no name: units and items go by their ids."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The ways out of the building. SMS and mail are there where the settings name a gateway and a server."""

    egress: Egress
    sms: SmsGateway | None = None
    mail: MailServer | None = None
    wechat: WeChat | None = None
    language: Language = "zh"
    names: Naming = no_names

    async def deliver(self, target: Reached, message: Taken) -> Refusal | None:
        """Return None when the message was taken."""
        if isinstance(target, Webhook):
            return await send_webhook(self.egress, target, message)
        return await self._tell(target, wording_of(message.body, self.language, await self.names()), message)

    async def _tell(self, target: Told, wording: Wording, message: Taken) -> Refusal | None:
        match target:
            case WeComRobot():
                return await send_wecom(self.egress, target, wording)
            case DingTalkRobot():
                return await send_dingtalk(self.egress, target, wording, message)
            case Phone(number=number):
                return NO_GATEWAY if self.sms is None else await self.sms.send(self.egress, number, wording, message)
            case Mailbox(address=address):
                return NO_SERVER if self.mail is None else await self.mail.send(self.egress, address, wording, message)
            case Follower(openid=openid):
                return NO_PROGRAM if self.wechat is None else await self.wechat.send(self.egress, openid, wording)


@dataclass(frozen=True, slots=True)
class OneByOne:
    """The same ways out for reporters: a number that has to wait holds up nobody else."""

    channels: Channels

    async def deliver(self, target: Reached, message: Taken) -> Refusal | None:
        """Return None when the message was taken."""
        refusal = await self.channels.deliver(target, message)
        return None if refusal is None else replace(refusal, holds="message")
