-- How a reporter is answered, for notify alone and at the moment of sending; each look leaves its audit row. Sealed, and
-- without the words they wrote.
create function vault.contact_of(report_id uuid, purpose text)
returns table (key_id text, wrapped_key bytea, sealed bytea)
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with looked as (
        insert into vault.audit (report_id, person_id, process, purpose)
        select c.report_id, null, session_user, $2 from vault.contacts c where c.report_id = $1
    )
    select c.key_id, c.wrapped_key, c.sealed from vault.contacts c where c.report_id = $1
$$;
grant create on schema vault to vault_definer;
alter function vault.contact_of(uuid, text) owner to vault_definer;
revoke create on schema vault from vault_definer;
revoke all on function vault.contact_of(uuid, text) from public;
grant execute on function vault.contact_of(uuid, text) to notify;
