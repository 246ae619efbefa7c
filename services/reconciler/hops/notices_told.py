"""notice → notify: every notice has left its row."""

from typing import Final

from services.contracts.events import NoticeIssued
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

NOTICES_TOLD: Final = Hop(
    name="notice-notify",
    path=(Leg(NoticeIssued.TYPE, "notify"),),
    room="ledger",
    causes="select id, 0 as version, at, written from ledger.notice_keys",
    ids="select id from ledger.notice_keys",
    effect="exists (select from notify.messages m where m.case_id = k.id and m.version = 0)",
    pending="exists (select from ledger.pending_keys p where p.notice_id = k.id)",
    resend="select ledger.resend_notices($1::uuid[]), $2::integer[]",
)
