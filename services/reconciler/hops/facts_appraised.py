"""fact → appraisal: every fact of a case has left its row, also where no figure counts it."""

from typing import Final

from services.contracts.events import CaseProgressed
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

FACTS_APPRAISED: Final = Hop(
    name="fact-appraisal",
    path=(Leg(CaseProgressed.TYPE, "appraisal"),),
    room="ledger",
    causes="select id, version, at, written from ledger.fact_keys",
    ids="select id from ledger.case_keys",
    effect="exists (select from appraisal.facts f where f.case_id = k.id and f.version = k.version)",
    pending=(
        "exists (select from ledger.pending_keys p"
        f" where p.case_id = k.id and p.version = k.version and p.topic = '{CaseProgressed.TYPE}')"
    ),
    resend=f"select ledger.resend($1::uuid[], $2::integer[], '{CaseProgressed.TYPE}')",
)
