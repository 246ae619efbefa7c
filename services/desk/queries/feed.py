"""The leader's feed and the proposals that wait, as far as the person who asks may see the cases."""

from typing import Final

import msgspec

from services.desk.domain.feed import ENTRIES_MAX, Feed, FeedAsked, Proposals
from services.desk.queries.asking import Asking

# Two lists, each in its own order by an index, then joined: what is new stands at the end of both.
FEED: Final = """
    with major as (
        select m.at, 'major_matter' as what, m.case_id, '' as unit, null as clock from ledger.major_matters m
        where m.at < coalesce($2::timestamptz, 'infinity') order by m.at desc limit $1
    ), steps as (
        select s.effective_at, s.step, s.case_id, s.unit, s.kind from ledger.steps s
        where s.step in ('letter', 'supervision', 'bulletin_proposal', 'interview_proposal', 'express', 'no_show')
            and s.effective_at < coalesce($2::timestamptz, 'infinity')
            and exists (select from ledger.cases c where c.case_id = s.case_id)
        order by s.effective_at desc limit $1
    ), entries as (
        select e.*, c.number, c.item, c.lane, c.urgency, c.state, c.lead, c.subdistrict
        from (select * from major union all select * from steps) e join ledger.cases c using (case_id)
    ), page as (select * from entries order by at desc, case_id, what, unit, clock limit $1)
    select json_build_object('at', clock.now(), 'rows', coalesce(
        (select json_agg(p order by p.at desc, p.case_id, p.what, p.unit, p.clock) from page p), '[]'::json))
"""
PROPOSALS: Final = f"""
    with waiting as (
        select c.case_id, c.number, c.revision, c.item, c.lead, c.subdistrict, p.proposal
        from ledger.cases c, jsonb_array_elements(c.proposals) as p(proposal)
        where c.proposals @? '$[*] ? (!exists (@.decided_at))' and p.proposal ->> 'decided_at' is null
            and p.proposal ->> 'kind' = any ($1)
        limit {ENTRIES_MAX}
    )
    select json_build_object('at', clock.now(), 'rows', coalesce(json_agg(
        w order by w.proposal ->> 'proposed_at', w.case_id), '[]'::json)) from waiting w
"""
_FEED: Final = msgspec.json.Decoder(Feed)
_PROPOSALS: Final = msgspec.json.Decoder(Proposals)


async def feed_of(asking: Asking, asked: FeedAsked) -> Feed:
    """Return the newest entries before an instant."""
    return _FEED.decode(await asking.connection.fetchval(FEED, asked.limit, asked.before))


async def proposals_for(asking: Asking, kinds: list[str]) -> Proposals:
    """Return the proposals of these kinds that wait."""
    return _PROPOSALS.decode(await asking.connection.fetchval(PROPOSALS, kinds))
