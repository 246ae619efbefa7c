-- Adding persons, giving and ending roles, issuing and revoking tokens: by the operator's command line only.

-- A person known already keeps the id and gets the name given now.
create function identity.add_person(person_id uuid, name text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    insert into identity.persons (person_id, name, added_at) values ($1, $2, clock.now())
    on conflict on constraint persons_pkey do update set name = excluded.name
$$;

-- The same role given again changes nothing but its end.
create function identity.give_role(
    person_id uuid, unit text, role text, lane text, valid_from timestamptz, valid_to timestamptz default 'infinity'
) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    insert into identity.roles (person_id, unit, role, lane, valid_from, valid_to) values ($1, $2, $3, $4, $5, $6)
    on conflict on constraint roles_person_id_unit_role_lane_valid_from_key do update set valid_to = excluded.valid_to
$$;

-- Ends what is valid at `at` or later; returns how many rows that were.
create function identity.end_role(person_id uuid, unit text, role text, at timestamptz) returns integer
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    with ended as (
        update identity.roles r set valid_to = greatest($4, r.valid_from)
        where r.person_id = $1 and r.unit = $2 and r.role = $3 and r.valid_to > $4
        returning 1
    )
    select count(*)::integer from ended
$$;

create function identity.issue_token(token_hash bytea, prefix text, person_id uuid, valid_for interval)
returns timestamptz
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    insert into identity.tokens (token_hash, prefix, person_id, issued_at, expires_at)
    values ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4)
    returning expires_at
$$;

-- True when a token that was still good is no longer.
create function identity.revoke_token(prefix text) returns boolean
language sql security definer set search_path = pg_catalog, pg_temp
as $$
    with revoked as (
        update identity.tokens t set revoked_at = clock_timestamp() where t.prefix = $1 and t.revoked_at is null
        returning 1
    )
    select exists (select from revoked)
$$;

create function identity.list_persons()
returns table (person_id uuid, name text, unit text, role text, lane text, valid_from timestamptz, valid_to timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select p.person_id, p.name, r.unit, r.role, r.lane, r.valid_from, r.valid_to
    from identity.persons p left join identity.roles r using (person_id)
    order by p.person_id, r.role_id
$$;

-- Prefixes only: they name a token, and cannot be used as one.
create function identity.list_tokens()
returns table (prefix text, person_id uuid, issued_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select t.prefix, t.person_id, t.issued_at, t.expires_at, t.revoked_at from identity.tokens t order by t.issued_at $$;

alter function identity.add_person(uuid, text) owner to identity_definer;
alter function identity.give_role(uuid, text, text, text, timestamptz, timestamptz) owner to identity_definer;
alter function identity.end_role(uuid, text, text, timestamptz) owner to identity_definer;
alter function identity.issue_token(bytea, text, uuid, interval) owner to identity_definer;
alter function identity.revoke_token(text) owner to identity_definer;
alter function identity.list_persons() owner to identity_definer;
alter function identity.list_tokens() owner to identity_definer;
revoke create on schema identity from identity_definer;

revoke all on all functions in schema identity from public;
grant execute on function
identity.add_person(uuid, text),
identity.give_role(uuid, text, text, text, timestamptz, timestamptz),
identity.end_role(uuid, text, text, timestamptz),
identity.issue_token(bytea, text, uuid, interval),
identity.revoke_token(text),
identity.list_persons(),
identity.list_tokens()
to operator;
