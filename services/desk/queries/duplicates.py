"""Cases that may be about the same thing: seen only where both are the asker's to see."""

from typing import Final
from uuid import UUID

from services.desk.domain.duplicates import Alike, Duplicates
from services.desk.queries.asking import Asking

INTO: Final = """
    select s.case_id, s.number from ledger.cases c join ledger.cases s on s.case_id = c.duplicate_of
    where c.case_id = $1
"""
PROPOSED: Final = """
    select o.case_id, o.number, o.state, o.accepted_at, o.lead, o.decision -> 'report' ->> 'text' as text, l.share
    from (
        select other, share from ledger.likenesses
        where case_id = $1 and verdict = 'propose' and settled_at is null
        union all
        select case_id, share from ledger.likenesses
        where other = $1 and verdict = 'propose' and settled_at is null
    ) l join ledger.cases o on o.case_id = l.other
    where o.closed_at is null and o.duplicate_of is null
    order by l.share desc, o.accepted_at limit 10
"""


async def duplicates_of(asking: Asking, case_id: UUID) -> Duplicates:
    """Return what is proposed for an open case, and what it was merged into."""
    into = await asking.connection.fetchrow(INTO, case_id)
    if into is not None:
        return Duplicates(proposed=[], merged_into=into["case_id"], merged_into_number=into["number"])
    rows = await asking.connection.fetch(PROPOSED, case_id)
    return Duplicates(proposed=[Alike(**dict(row)) for row in rows])
