"""notice → appraisal: every notice has left its row."""

from typing import Final

from services.contracts.events import NoticeIssued
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

NOTICES_APPRAISED: Final = Hop(
    name="notice-appraisal",
    path=(Leg(NoticeIssued.TYPE, "appraisal"),),
    room="ledger",
    causes="select id, 0 as version, at, written from ledger.notice_keys",
    ids="select id from ledger.notice_keys",
    effect="exists (select from appraisal.notices n where n.notice_id = k.id)",
    pending="exists (select from ledger.pending_keys p where p.notice_id = k.id)",
    resend="select ledger.resend_notices($1::uuid[]), $2::integer[]",
)
