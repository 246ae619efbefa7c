-- The look goes by keys whatever the tables' size was when it was planned, and compares within one grid: what names no
-- grid is compared with its whole community.
alter table ledger.compared add grid text not null default '';

create or replace function ledger.uncompared(at_most integer)
returns table (case_id uuid, opened_at timestamptz, accepted_at timestamptz, item text, decision text)
language plpgsql stable security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set enable_material = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    state ledger.comparing;
begin
    perform ledger.require_writer(null);
    select * into state from ledger.comparing;
    if state.items = '{}' then
        return;
    end if;
    return query
    select f.case_id, f.at, c.accepted_at, c.item, c.decision
    from ledger.facts f
    -- offset 0: looked up by its key for each fact, never joined the other way round.
    cross join lateral (
        select e.accepted_at, e.item, e.decision::text as decision from ledger.cases e
        where e.case_id = f.case_id and e.lane = 'ordinary' and e.item = any (state.items)
          and e.closed_at is null and e.duplicate_of is null offset 0
    ) c
    where f.at >= state.up_to - interval '5 seconds' and f.version = 1 and f.topic = 'case.progressed.v1'
      and not exists (select from ledger.compared k where k.case_id = f.case_id offset 0)
    order by f.at limit at_most;
end $$;

drop function ledger.compare(uuid[], text[], text[], timestamptz[], text[], integer);
create function ledger.compare(
    ids uuid[], communities text[], grids text[], items text[], accepted_ats timestamptz[], looks text[], nearest integer
) returns table (nth bigint, case_id uuid, accepted_at timestamptz, look text)
language plpgsql volatile security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set enable_material = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    back interval := (select make_interval(hours => window_hours) from ledger.comparing);
begin
    perform ledger.require_writer(null);
    insert into ledger.compared (case_id, community, grid, item, accepted_at, look)
    select * from unnest(ids, communities, grids, items, accepted_ats, looks) on conflict do nothing;
    return query
    select n.nth, k.case_id, k.accepted_at, k.look
    from unnest(ids, communities, grids, items, accepted_ats) with ordinality
        as n(case_id, community, grid, item, accepted_at, nth)
    cross join lateral (
        select e.case_id, e.accepted_at, e.look from ledger.compared e
        where e.community = n.community and e.item = n.item and e.community <> ''
          and (e.grid = n.grid or '' in (e.grid, n.grid))
          and e.accepted_at between n.accepted_at - back and n.accepted_at
          and (e.accepted_at, e.case_id) < (n.accepted_at, n.case_id)
        order by e.accepted_at desc limit nearest
    ) k;
end $$;
alter function ledger.compare(uuid[], text[], text[], text[], timestamptz[], text[], integer) owner to ledger_definer;
revoke all on function ledger.compare(uuid[], text[], text[], text[], timestamptz[], text[], integer) from public;
grant execute on function ledger.compare(uuid[], text[], text[], text[], timestamptz[], text[], integer) to ledger_writer;
