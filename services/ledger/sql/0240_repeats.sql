-- A report that only repeats what the same person said (X-11) joins the case that is open already, as it is opened. Where
-- that case is not known yet, the pair is written down here and merged as soon as it is, whatever the policy compares.
alter table ledger.likenesses add repeats boolean not null default false;

create function ledger.keep_repeat(case_id uuid, other uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    insert into ledger.likenesses (case_id, other, share, verdict, found_at, repeats)
    values ($1, $2, 1, 'merge', $3, true) on conflict do nothing;
end $$;

-- As before; what is not known yet takes nobody's place, and a repeat says so.
drop function ledger.to_merge(integer);
create function ledger.to_merge(at_most integer)
returns table (case_id uuid, other uuid, survivor uuid, repeats boolean)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    perform ledger.require_writer(null);
    return query
    select m.case_id, m.other, coalesce(o.duplicate_of, o.case_id), m.repeats
    from (
        select l.case_id, l.other, l.found_at, l.repeats from ledger.likenesses l
        where l.verdict = 'merge' and l.settled_at is null
          and (not l.repeats or exists (select from ledger.cases e where e.case_id = l.other))
        order by l.found_at limit at_most
    ) m join ledger.cases c on c.case_id = m.case_id join ledger.cases o on o.case_id = m.other
    order by c.accepted_at, c.case_id;
end $$;

grant create on schema ledger to ledger_definer;
alter function ledger.keep_repeat(uuid, uuid, timestamptz) owner to ledger_definer;
alter function ledger.to_merge(integer) owner to ledger_definer;
revoke create on schema ledger from ledger_definer;
revoke all on function ledger.keep_repeat(uuid, uuid, timestamptz), ledger.to_merge(integer) from public;
grant execute on function ledger.keep_repeat(uuid, uuid, timestamptz), ledger.to_merge(integer) to ledger_writer;
