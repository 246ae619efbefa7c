-- Who is asking: one look-up per request, no copy anywhere, so that a revoked token or an ended role counts at once.
-- Roles are dated by the city's clock; a token expires by real time, as everything does that guards access.

-- The token of the transaction (`set local whistle.token` to the hash in hex), or null when unset or not a hash.
create function identity.token_of_transaction() returns bytea
language sql stable set search_path = pg_catalog, pg_temp
as $$
    select case
        when current_setting('whistle.token', true) ~ '^[0-9a-f]{64}$'
            then decode(current_setting('whistle.token', true), 'hex')
    end
$$;

create function identity.person_of(token_hash bytea) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select t.person_id
    from identity.tokens t
    where t.token_hash = $1 and t.revoked_at is null and t.expires_at > clock_timestamp()
$$;

-- `unit` and `role` are those of the role given first; no role valid now means nobody is asking.
create function identity.actor_of(token_hash bytea)
returns table (person_id uuid, unit text, role text, units text[], lanes text[], roles text[])
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select
        r.person_id,
        (array_agg(r.unit order by r.role_id))[1],
        (array_agg(r.role order by r.role_id))[1],
        array_agg(distinct r.unit),
        array(select distinct lane from unnest(array_agg(r.lane) || array['ordinary']) lane order by lane),
        array_agg(distinct r.role)
    from identity.roles r
    where r.person_id = identity.person_of($1)
        and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now())
    group by r.person_id
$$;

-- For row-level security, used as `(select identity.current_units())`: nobody gives empty arrays, so nothing is seen.
create function identity.current_person() returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select a.person_id from identity.actor_of(identity.token_of_transaction()) a $$;

create function identity.current_units() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select coalesce((select a.units from identity.actor_of(identity.token_of_transaction()) a), '{}') $$;

create function identity.current_lanes() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select coalesce((select a.lanes from identity.actor_of(identity.token_of_transaction()) a), '{}') $$;

create function identity.current_roles() returns text[]
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select coalesce((select a.roles from identity.actor_of(identity.token_of_transaction()) a), '{}') $$;

-- Names for the pages of staff; events and logs carry ids only.
create function identity.names_of(person_ids uuid[]) returns table (person_id uuid, name text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select p.person_id, p.name from identity.persons p where p.person_id = any($1) $$;

alter function identity.token_of_transaction() owner to identity_definer;
alter function identity.person_of(bytea) owner to identity_definer;
alter function identity.actor_of(bytea) owner to identity_definer;
alter function identity.current_person() owner to identity_definer;
alter function identity.current_units() owner to identity_definer;
alter function identity.current_lanes() owner to identity_definer;
alter function identity.current_roles() owner to identity_definer;
alter function identity.names_of(uuid[]) owner to identity_definer;

revoke all on all functions in schema identity from public;
grant execute on function
identity.current_person(), identity.current_units(), identity.current_lanes(), identity.current_roles()
to intake_api, desk_api, board_reader, ledger_writer, ledger_definer, intake_definer, vault_definer, operator;
grant execute on function identity.actor_of(bytea)
to intake_api, desk_api, board_reader, ledger_definer, intake_definer, vault_definer, operator;
grant execute on function identity.names_of(uuid[]) to desk_api, operator;
