-- Written so that their plans are kept: as SQL functions they were planned anew for every act, a millisecond of the
-- server's time. What they answer is unchanged.
create or replace function ledger.document(c ledger.cases) returns json
language plpgsql stable set search_path = pg_catalog
as $$
begin
    return json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', coalesce((select json_agg(a) from ledger.assignments a where a.case_id = c.case_id), '[]'),
        'clocks', coalesce((select json_agg(k) from ledger.clocks k where k.case_id = c.case_id), '[]'),
        'whistles', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistles w where w.case_id = c.case_id), '[]') end,
        'calls', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistle_calls w where w.case_id = c.case_id), '[]') end
    );
end $$;

create or replace function ledger.act_answered(act_key text, token_hash bytea)
returns table (fingerprint bytea, answer json)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    return query
    select a.fingerprint, a.answer from identity.actor_of(token_hash) p
    join ledger.acts a on a.person = p.person_id and a.key = act_key;
end $$;

-- A plan is kept from when tables were small, or believed so: whatever changes a case goes by its key at any size.
alter function ledger.take(uuid[], bytea) set enable_seqscan = off;
alter function ledger.take(uuid[], bytea) set enable_hashjoin = off;
alter function ledger.take(uuid[], bytea) set enable_mergejoin = off;
alter function ledger.write(jsonb, bytea[], bytea) set enable_seqscan = off;
alter function ledger.write(jsonb, bytea[], bytea) set enable_hashjoin = off;
alter function ledger.write(jsonb, bytea[], bytea) set enable_mergejoin = off;
alter function ledger.owed(integer) set enable_seqscan = off;
alter function ledger.owed(integer) set enable_hashjoin = off;
alter function ledger.owed(integer) set enable_mergejoin = off;
