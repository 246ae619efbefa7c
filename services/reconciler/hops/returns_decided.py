"""return → next attempt: a case that asked the router gets its answer. A superseded decision is an answer too."""

from typing import Final

from services.contracts.events import CaseDispatched, CaseReturned
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

RETURNS_DECIDED: Final = Hop(
    name="return-attempt",
    path=(Leg(CaseReturned.TYPE, "router"), Leg(CaseDispatched.TYPE, "ledger")),
    room="ledger",
    causes="select id, version, at, written from ledger.awaited_returns",
    ids=None,
    effect="not exists (select from ledger.awaited_returns a where a.id = k.id and a.version = k.version)",
    pending=(
        "exists (select from ledger.pending_keys p"
        f" where p.case_id = k.id and p.version = k.version and p.topic = '{CaseReturned.TYPE}')"
    ),
    resend=f"select ledger.resend($1::uuid[], $2::integer[], '{CaseReturned.TYPE}')",
)
