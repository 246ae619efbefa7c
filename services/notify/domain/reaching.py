"""How a reporter is reached: by the channel they asked for, as far as a message can go there."""

from typing import Final, Literal

import msgspec

from services.notify.domain.outcomes import Refusal
from services.notify.domain.targets import MAIL_ADDRESS, MOBILE, Follower, Mailbox, Phone

UNWANTED: Final = Refusal(reason="no reply was asked for", final=True, settled=True)
BY_PERSON: Final = Refusal(reason="no message reaches them; somebody has to call", final=True, settled=True)


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """Which ways out to reporters are set up."""

    sms: bool = False
    mail: bool = False
    wechat: bool = False


class Contact(msgspec.Struct, frozen=True):
    """What a reporter left, as intake seals it; a name is not read here."""

    phone: str | None = None
    openid: str | None = None
    mail: str | None = None
    reply_channel: Literal["none", "sms", "phone", "wechat", "mail"] = "none"


def way_to(contact: Contact, ways: Ways) -> Follower | Phone | Mailbox | Refusal:
    """Return where an answer goes.

    Who asked for a call, or came by WeChat where no mini program is set, gets an SMS where they left a mobile
    number: a landline takes none.
    """
    if contact.reply_channel == "none":
        return UNWANTED
    by_mail = Mailbox(contact.mail) if ways.mail and contact.mail and MAIL_ADDRESS.fullmatch(contact.mail) else None
    if contact.reply_channel == "mail":
        return by_mail or BY_PERSON
    if contact.reply_channel == "wechat" and ways.wechat and contact.openid:
        return Follower(contact.openid)
    if ways.sms and contact.phone and MOBILE.fullmatch(contact.phone):
        return Phone(contact.phone)
    return BY_PERSON
