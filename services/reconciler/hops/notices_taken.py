"""notice → whoever reads notices: every notice has left its row there."""

from typing import Final

from services.contracts.events import NoticeIssued
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop


def _notices_taken(consumer: str, effect: str) -> Hop:
    return Hop(
        name=f"notice-{consumer}",
        path=(Leg(NoticeIssued.TYPE, consumer),),
        room="ledger",
        causes="select id, 0 as version, at, written from ledger.notice_keys",
        ids="select id from ledger.notice_keys",
        effect=effect,
        pending="exists (select from ledger.pending_keys p where p.notice_id = k.id)",
        resend="select ledger.resend_notices($1::uuid[]), $2::integer[]",
    )


NOTICES_TOLD: Final = _notices_taken(
    "notify", "exists (select from notify.messages m where m.case_id = k.id and m.version = 0)"
)
NOTICES_APPRAISED: Final = _notices_taken(
    "appraisal", "exists (select from appraisal.notices n where n.notice_id = k.id)"
)
