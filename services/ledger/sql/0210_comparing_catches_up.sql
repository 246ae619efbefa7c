-- Openings commit out of order, so the seconds before the last look are looked at again. What is behind them by then is
-- not: after a rush the comparison goes on where it stopped, without reading five seconds of it anew for each batch.
alter table ledger.comparing add looked_at timestamptz not null default '-infinity';

create or replace function ledger.uncompared(at_most integer)
returns table (case_id uuid, opened_at timestamptz, accepted_at timestamptz, item text, decision text)
language plpgsql stable security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set enable_material = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    state ledger.comparing;
    since timestamptz;
begin
    perform ledger.require_writer(null);
    select * into state from ledger.comparing;
    if state.items = '{}' then
        return;
    end if;
    since := least(state.up_to, greatest(state.looked_at, state.up_to) - interval '5 seconds');
    return query
    select f.case_id, f.at, c.accepted_at, c.item, c.decision
    from ledger.facts f
    -- offset 0: looked up by its key for each fact, never joined the other way round.
    cross join lateral (
        select e.accepted_at, e.item, e.decision::text as decision from ledger.cases e
        where e.case_id = f.case_id and e.lane = 'ordinary' and e.item = any (state.items)
          and e.closed_at is null and e.duplicate_of is null offset 0
    ) c
    where f.at >= since and f.version = 1 and f.topic = 'case.progressed.v1'
      and not exists (select from ledger.compared k where k.case_id = f.case_id offset 0)
    order by f.at limit at_most;
end $$;

create or replace function ledger.compared_up_to(instant timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    -- A second less: what was read was read a little before this is written.
    update ledger.comparing set up_to = instant, looked_at = clock.now() - interval '1 second' where up_to < instant;
end $$;
