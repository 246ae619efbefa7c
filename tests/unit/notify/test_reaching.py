"""Whoever reported is reached by the channel they asked for, as far as a message can go there."""

import pytest

from services.notify.domain.outcomes import Refusal
from services.notify.domain.reaching import BY_PERSON, UNWANTED, Contact, Ways, way_to
from services.notify.domain.targets import Follower, Mailbox, Phone

MOBILE = "13812345678"
EVERY = Ways(sms=True, mail=True, wechat=True)
SMS_ONLY = Ways(sms=True)


@pytest.mark.parametrize(
    ("contact", "ways", "reached"),
    [
        pytest.param(Contact(phone=MOBILE, reply_channel="sms"), EVERY, Phone(MOBILE), id="by-sms"),
        pytest.param(Contact(phone=MOBILE, reply_channel="phone"), EVERY, Phone(MOBILE), id="a-call-at-a-mobile"),
        pytest.param(Contact(phone="0913-6221234", reply_channel="phone"), EVERY, BY_PERSON, id="a-landline"),
        pytest.param(Contact(mail="a@b.example", reply_channel="mail"), EVERY, Mailbox("a@b.example"), id="by-mail"),
        pytest.param(Contact(mail="a@b.example", reply_channel="mail"), SMS_ONLY, BY_PERSON, id="no-mail-server"),
        pytest.param(Contact(openid="oABC123", reply_channel="wechat"), EVERY, Follower("oABC123"), id="by-wechat"),
        pytest.param(
            Contact(openid="oABC123", phone=MOBILE, reply_channel="wechat"), SMS_ONLY, Phone(MOBILE), id="no-program"
        ),
        pytest.param(Contact(openid="oABC123", reply_channel="wechat"), SMS_ONLY, BY_PERSON, id="no-program-no-phone"),
        pytest.param(Contact(phone=MOBILE, reply_channel="sms"), Ways(mail=True), BY_PERSON, id="no-gateway"),
        pytest.param(Contact(phone=MOBILE), EVERY, UNWANTED, id="no-reply-wanted"),
    ],
)
def test_the_way_is_the_one_they_asked_for(contact: Contact, ways: Ways, reached: object) -> None:
    assert way_to(contact, ways) == reached


@pytest.mark.parametrize("nobody", [BY_PERSON, UNWANTED])
def test_who_takes_no_message_is_no_failure(nobody: Refusal) -> None:
    assert (nobody.final, nobody.settled) == (True, True)
