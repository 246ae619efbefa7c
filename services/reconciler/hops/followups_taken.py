"""follow-up → fact: what a resident added is a fact of the case, or waits in the ledger for a case not yet opened."""

from typing import Final

from services.contracts.events import ReportFollowedUp
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

FOLLOWUPS_TAKEN: Final = Hop(
    name="followup-fact",
    path=(Leg(ReportFollowedUp.TYPE, "ledger"),),
    room="intake",
    causes="select id, 0 as version, at, written from intake.followup_keys",
    ids="select id from intake.followup_keys",
    effect=(
        "exists (select from ledger.followup_keys f where f.id = k.id and (f.applied_version is not null"
        " or not exists (select from ledger.case_keys c where c.id = f.case_id)))"
    ),
    pending=f"exists (select from intake.pending p where p.topic = '{ReportFollowedUp.TYPE}' and p.id = k.id)",
    resend=f"select intake.resend('{ReportFollowedUp.TYPE}', $1::uuid[]), $2::integer[]",
)
