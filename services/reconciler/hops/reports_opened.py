"""report → case: every report has a row in the ledger, opened, merged or otherwise."""

from typing import Final

from services.contracts.events import CaseDispatched, ReportReceived
from services.reconciler.domain.gate import Leg
from services.reconciler.ports import Hop

REPORTS_OPENED: Final = Hop(
    name="report-case",
    path=(Leg(ReportReceived.TYPE, "router"), Leg(CaseDispatched.TYPE, "ledger")),
    room="intake",
    causes="select id, 0 as version, at, written from intake.report_keys",
    ids="select id from intake.report_keys",
    effect="exists (select from ledger.case_keys c where c.id = k.id)",
    pending=f"exists (select from intake.pending p where p.topic = '{ReportReceived.TYPE}' and p.id = k.id)",
    resend=f"select intake.resend('{ReportReceived.TYPE}', $1::uuid[]), $2::integer[]",
)
