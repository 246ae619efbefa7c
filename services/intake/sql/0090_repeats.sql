-- Reports that only repeat what the same person said (X-11). The mark is 64 bits of an HMAC over contact and words:
-- kept with the sealed contact, and nothing of either can be read from it.
alter table vault.contacts add repeat_mark bigint;
create index contacts_by_repeat_mark on vault.contacts (repeat_mark, report_id) where repeat_mark is not null;

-- What was reported under these marks, the newest of each first; for the beginning of a batch, so by keys whatever the
-- tables' size was when it was planned.
create function vault.said_before(marks bigint[], out said bigint[], out bodies bytea[])
language plpgsql stable security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set enable_material = off set plan_cache_mode = force_generic_plan
as $$
begin
    select array_agg(c.repeat_mark), array_agg(r.body) into said, bodies
    from unnest(marks) as m (mark)
    cross join lateral (
        select e.repeat_mark, e.report_id from vault.contacts e
        where e.repeat_mark = m.mark order by e.report_id desc limit 3
    ) c
    join intake.reports r on r.report_id = c.report_id;
end $$;
grant create on schema vault to vault_definer;
alter function vault.said_before(bigint[]) owner to vault_definer;
revoke create on schema vault from vault_definer;
revoke all on function vault.said_before(bigint[]) from public;
grant execute on function vault.said_before(bigint[]) to intake_api;
