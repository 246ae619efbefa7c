-- How many red steps a unit drew since an instant: asked only when another one is owed (domain §6.4: three in a month).
create index steps_red_of_a_unit on ledger.steps (unit, effective_at)
where step in ('supervision', 'no_show', 'bulletin_proposal', 'interview_proposal', 'express') and unit <> '';

grant create on schema ledger to ledger_definer;
create function ledger.reds_of(units text[], steps text[], since timestamptz) returns table (unit text, reds bigint)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    return query
    select s.unit, count(*) from ledger.steps s
    where s.unit = any (units) and s.step = any (steps) and s.effective_at >= since
        and s.step in ('supervision', 'no_show', 'bulletin_proposal', 'interview_proposal', 'express') and s.unit <> ''
    group by s.unit;
end
$$;
alter function ledger.reds_of(text[], text[], timestamptz) owner to ledger_definer;

-- One transaction at a time counts a unit's red steps, so that of two that draw one each exactly one draws the third.
create function ledger.lock_reds(units text[]) returns void
language sql volatile security definer set search_path = pg_catalog
as $$
    select pg_advisory_xact_lock(7242, hashtext(u)) from (select distinct u from unnest(units) u order by u) ordered
$$;
alter function ledger.lock_reds(text[]) owner to ledger_definer;
revoke create on schema ledger from ledger_definer;
revoke all on function ledger.reds_of(text[], text[], timestamptz), ledger.lock_reds(text[]) from public;
grant execute on function ledger.reds_of(text[], text[], timestamptz), ledger.lock_reds(text[])
to ledger_writer, desk_api;
