"""One file per hop: what should exist, what does, how to send again."""

from typing import Final

from services.reconciler.hops.facts_appraised import FACTS_APPRAISED
from services.reconciler.hops.facts_told import FACTS_TOLD
from services.reconciler.hops.followups_taken import FOLLOWUPS_TAKEN
from services.reconciler.hops.notices_appraised import NOTICES_APPRAISED
from services.reconciler.hops.notices_told import NOTICES_TOLD
from services.reconciler.hops.reports_opened import REPORTS_OPENED
from services.reconciler.hops.returns_decided import RETURNS_DECIDED

HOPS: Final = (
    REPORTS_OPENED,
    RETURNS_DECIDED,
    FOLLOWUPS_TAKEN,
    FACTS_TOLD,
    NOTICES_TOLD,
    FACTS_APPRAISED,
    NOTICES_APPRAISED,
)
