-- By the time of facts and the keys of cases, whatever the planner believes of the tables: on a database without statistics,
-- as after an installation or a restore, it read all facts for each look, and for each fact every open case.
create or replace function ledger.uncompared(at_most integer)
returns table (case_id uuid, opened_at timestamptz, accepted_at timestamptz, item text, decision text)
language plpgsql stable security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set enable_material = off set enable_sort = off set plan_cache_mode = force_generic_plan
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
    select f.case_id, f.at, c.accepted_at, c.item, c.decision::text
    -- offset 0: one index answers each of the two, and nothing of what follows leads to another.
    from (select t.case_id, t.at, t.version, t.topic from ledger.facts t where t.at >= since order by t.at offset 0) f
    cross join lateral (select e.* from ledger.cases e where e.case_id = f.case_id offset 0) c
    where f.version = 1 and f.topic = 'case.progressed.v1'
      and c.lane = 'ordinary' and c.item = any (state.items) and c.closed_at is null and c.duplicate_of is null
      and not exists (select from ledger.compared k where k.case_id = f.case_id offset 0)
    order by f.at limit at_most;
end $$;
