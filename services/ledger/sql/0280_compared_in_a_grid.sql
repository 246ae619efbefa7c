-- A case is compared with the newest of its grid: found by a key that names the grid, not by reading its whole community.
create index compared_in_grid on ledger.compared (community, grid, item, accepted_at);

create or replace function ledger.compare(
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
        -- Of its grid, or both name none.
        (select e.case_id, e.accepted_at, e.look from ledger.compared e
        where e.community = n.community and e.grid = n.grid and e.item = n.item and n.community <> ''
          and e.accepted_at between n.accepted_at - back and n.accepted_at
          and (e.accepted_at, e.case_id) < (n.accepted_at, n.case_id)
        order by e.accepted_at desc limit nearest)
        union all
        -- It names a grid, and those name none.
        (select e.case_id, e.accepted_at, e.look from ledger.compared e
        where e.community = n.community and e.grid = '' and e.item = n.item and n.community <> '' and n.grid <> ''
          and e.accepted_at between n.accepted_at - back and n.accepted_at
          and (e.accepted_at, e.case_id) < (n.accepted_at, n.case_id)
        order by e.accepted_at desc limit nearest)
        union all
        -- It names none, and those name one: of its whole community.
        (select e.case_id, e.accepted_at, e.look from ledger.compared e
        where e.community = n.community and e.grid <> '' and e.item = n.item and n.community <> '' and n.grid = ''
          and e.accepted_at between n.accepted_at - back and n.accepted_at
          and (e.accepted_at, e.case_id) < (n.accepted_at, n.case_id)
        order by e.accepted_at desc limit nearest)
        order by accepted_at desc limit nearest
    ) k;
end $$;
