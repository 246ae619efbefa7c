"""Cases whose first lead passed them on and was right: another unit signed in. Of what the asker may see."""

from typing import Final

from services.desk.queries.asking import Asking
from services.reference.versions.precedents import Precedent

PRECEDENTS_MAX: Final = 1_000
PERIOD: Final = "365 days"
# A rejected objection leaves nothing in `tried`; what the lead has not signed in to may still come back.
PASSED_ON: Final = f"""
    select c.number, c.item, c.tried[1] as passed_on_by, c.lead as taken_on_by from ledger.cases c
    where c.tried <> '{{}}' and c.opened_at >= (select clock.now()) - interval '{PERIOD}' and c.lane = 'ordinary'
        and c.item is not null and c.signed_in_at is not null and not c.lead = any (c.tried)
    order by c.opened_at desc limit {PRECEDENTS_MAX}
"""


async def precedents_of(asking: Asking) -> list[Precedent]:
    """Return the last year's precedents, the newest first."""
    return [Precedent(**dict(row)) for row in await asking.connection.fetch(PASSED_ON)]
