"""One file per kind of hop: what should exist, what does, how to send again."""

from typing import Final

from services.reconciler.hops.facts_taken import FACTS_APPRAISED, FACTS_TOLD
from services.reconciler.hops.followups_taken import FOLLOWUPS_TAKEN
from services.reconciler.hops.notices_taken import NOTICES_APPRAISED, NOTICES_TOLD
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
