"""fact → notify: every fact of a case has left its row, also where nobody is told."""

from typing import Final

from services.contracts.events import CaseProgressed
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

FACTS_TOLD: Final = Hop(
    name="fact-notify",
    path=(Leg(CaseProgressed.TYPE, "notify"),),
    room="ledger",
    causes="select id, version, at, written from ledger.fact_keys",
    ids="select id from ledger.case_keys",
    effect="exists (select from notify.messages m where m.case_id = k.id and m.version = k.version)",
    pending=(
        "exists (select from ledger.pending_keys p"
        f" where p.case_id = k.id and p.version = k.version and p.topic = '{CaseProgressed.TYPE}')"
    ),
    resend=f"select ledger.resend($1::uuid[], $2::integer[], '{CaseProgressed.TYPE}')",
)
