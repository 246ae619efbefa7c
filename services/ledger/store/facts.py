"""What is still to be sent: facts and notices whose bytes stand on their own rows (design §3)."""

from typing import Any, Final

from services.chassis.delivery.producer import Outgoing
from services.contracts.codec import headers_for, key_of
from services.contracts.events import CaseProgressed, CaseReturned, NoticeIssued

# Each body by its primary key: `limit 1` keeps the planner from joining whole tables, which grow for good.
READ_PENDING: Final = """
    select p.seq, coalesce(p.topic::text, 'notice.issued.v1') as topic, coalesce(p.case_id, p.notice_id) as key,
           coalesce(f.event_id, p.notice_id) as event_id, coalesce(f.at, n.at) as at, coalesce(f.body, n.body) as value
    from (select * from ledger.pending where seq <> all ($2::bigint[]) order by seq limit $1) p
    left join lateral (
        select event_id, at, body from ledger.facts
        where case_id = p.case_id and version = p.version and topic = p.topic limit 1
    ) f on true
    left join lateral (select at, body from ledger.notices where notice_id = p.notice_id limit 1) n on true
    order by p.seq
"""
FORGET_SENT: Final = "delete from ledger.pending where seq = any ($1)"
COUNT_PENDING: Final = "select count(*) from (select from ledger.pending limit 1000000) p"

_TYPES: Final = {event.TYPE: event for event in (CaseProgressed, CaseReturned, NoticeIssued)}


def outgoing(row: Any) -> Outgoing:
    """Return the record of one pending row, with the headers its event would have."""
    headers = headers_for(_TYPES[row["topic"]], row["event_id"], row["at"].isoformat())
    return Outgoing(row["seq"], row["topic"], key_of(row["key"]), row["value"], headers)
