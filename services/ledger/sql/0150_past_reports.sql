-- What was reported, as it was decided, for those who try rules on it: masked text and place, never a contact, nothing of
-- a sensitive lane. Read by the process that decides again, shown to nobody.
grant create on schema ledger to ledger_definer;

create function ledger.past_reports(before uuid, at_most integer, token_hash bytea)
returns table (case_id uuid, report text)
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    if not exists (
        select from identity.actor_of(token_hash) a where a.roles && array['rule_owner', 'center_leader']
    ) then
        raise insufficient_privilege using message = 'needs a person with role rule_owner or center_leader';
    end if;
    -- Case ids are UUIDv7: their index gives the latest first.
    return query
    select c.case_id, (c.decision -> 'report')::text from ledger.cases c
    where c.lane = 'ordinary' and c.case_id < coalesce(before, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    order by c.case_id desc limit least(at_most, 1000);
end
$$;

alter function ledger.past_reports(uuid, integer, bytea) owner to ledger_definer;
revoke create on schema ledger from ledger_definer;
revoke all on function ledger.past_reports(uuid, integer, bytea) from public;
grant execute on function ledger.past_reports(uuid, integer, bytea) to desk_api;
