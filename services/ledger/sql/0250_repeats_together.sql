-- Repeats of a batch join together (X-11): one statement says which of the named cases are known, and who goes on for each.
create function ledger.goes_on_for(case_ids uuid[]) returns table (known uuid, survivor uuid)
language plpgsql stable security definer
set search_path = pg_catalog set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
begin
    perform ledger.require_writer(null);
    return query
    select c.case_id, coalesce(c.duplicate_of, c.case_id) from ledger.cases c where c.case_id = any (case_ids);
end $$;

-- What is to be merged later, a batch at once.
drop function ledger.keep_repeat(uuid, uuid, timestamptz);
create function ledger.keep_repeats(case_ids uuid[], others uuid[], at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    insert into ledger.likenesses (case_id, other, share, verdict, found_at, repeats)
    select g.case_id, g.other, 1, 'merge', $3, true from unnest($1, $2) as g (case_id, other) on conflict do nothing;
end $$;

grant create on schema ledger to ledger_definer;
alter function ledger.goes_on_for(uuid[]) owner to ledger_definer;
alter function ledger.keep_repeats(uuid[], uuid[], timestamptz) owner to ledger_definer;
revoke create on schema ledger from ledger_definer;
revoke all on function ledger.goes_on_for(uuid[]), ledger.keep_repeats(uuid[], uuid[], timestamptz) from public;
grant execute on function ledger.goes_on_for(uuid[]), ledger.keep_repeats(uuid[], uuid[], timestamptz) to ledger_writer;
