"""fact → whoever reads facts: every fact of a case has left its row there, also where nothing comes of it."""

from typing import Final

from services.contracts.events import CaseProgressed
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop


def _facts_taken(consumer: str, effect: str) -> Hop:
    return Hop(
        name=f"fact-{consumer}",
        path=(Leg(CaseProgressed.TYPE, consumer),),
        room="ledger",
        causes="select id, version, at, written from ledger.fact_keys",
        ids="select id from ledger.case_keys",
        effect=effect,
        pending=(
            "exists (select from ledger.pending_keys p"
            f" where p.case_id = k.id and p.version = k.version and p.topic = '{CaseProgressed.TYPE}')"
        ),
        resend=f"select ledger.resend($1::uuid[], $2::integer[], '{CaseProgressed.TYPE}')",
    )


FACTS_TOLD: Final = _facts_taken(
    "notify", "exists (select from notify.messages m where m.case_id = k.id and m.version = k.version)"
)
FACTS_APPRAISED: Final = _facts_taken(
    "appraisal", "exists (select from appraisal.facts f where f.case_id = k.id and f.version = k.version)"
)
