-- What thousands of cases go through at once. Plans are kept: they go by keys, and planning took a tenth of the time.
do $$
declare
    signature text;
begin
    for signature in
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'ledger'::regnamespace and proname in ('take', 'write', 'write_whistles', 'derive')
    loop
        execute format('alter function %s set plan_cache_mode = force_generic_plan', signature);
    end loop;
end $$;

-- A fact of some two kilobytes is stored as it is: compressing it took longer than writing it.
alter table ledger.facts alter body set storage external, set (toast_tuple_target = 8160);
alter table ledger.cases alter decision set storage external, set (toast_tuple_target = 8160);

-- The decision goes once, not a second time inside the case's row.
create or replace function ledger.document(c ledger.cases) returns json
language plpgsql stable set search_path = pg_catalog
as $$
declare
    decided json := c.decision;
begin
    c.decision := null;
    return json_build_object(
        'case', row_to_json(c),
        'decision', decided,
        'assignments', coalesce((select json_agg(a) from ledger.assignments a where a.case_id = c.case_id), '[]'),
        'clocks', coalesce((select json_agg(k) from ledger.clocks k where k.case_id = c.case_id), '[]'),
        'whistles', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistles w where w.case_id = c.case_id), '[]') end,
        'calls', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistle_calls w where w.case_id = c.case_id), '[]') end
    );
end $$;
