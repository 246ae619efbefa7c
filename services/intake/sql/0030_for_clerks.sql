-- The clerks' search by phone tail: which of the reports they may see anyway end so. Compared by its HMAC; every hit is
-- a look into the vault and leaves its audit row. At most 2,000 candidates: the caller's own queue.
create function vault.with_tail(report_ids uuid[], tail_macs bytea[], purpose text) returns setof uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := identity.current_person();
begin
    if person is null then
        raise insufficient_privilege using message = 'a search needs a person';
    end if;
    return query
    with hit as (
        select c.report_id from vault.contacts c join intake.reports r on r.report_id = c.report_id
        where c.report_id = any (report_ids[1:2000]) and c.tail_mac = any (tail_macs)
            and r.lane = any (identity.current_lanes()) and not r.barred_units && identity.current_units()
    ), noted as (
        insert into vault.audit (report_id, person_id, process, purpose)
        select h.report_id, person, session_user, $3 from hit h
    )
    select h.report_id from hit h;
end
$$;
grant create on schema vault to vault_definer;
alter function vault.with_tail(uuid[], bytea[], text) owner to vault_definer;
revoke create on schema vault from vault_definer;
revoke all on function vault.with_tail(uuid[], bytea[], text) from public;
grant execute on function vault.with_tail(uuid[], bytea[], text) to desk_api;
