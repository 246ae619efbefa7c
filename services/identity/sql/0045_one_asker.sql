-- Who is asking, as one value: an act asks twice, and a set of rows cost more to hand over than to find. Most people
-- have one role, and nothing to be made distinct. What actor_of answers is unchanged.
create type identity.asker as (person_id uuid, unit text, role text, units text[], lanes text[], roles text[]);

create function identity.asker_of(token_hash bytea) returns identity.asker
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    instant constant timestamptz := clock.now();
    persons uuid[];
    held text[];
    opened text[];
    named text[];
    played text[];
begin
    select array_agg(h.person_id), array_agg(h.unit), array_agg(h.lane), array_agg(h.role),
        array_agg(h.unit) filter (where h.role <> 'part_time_grid_worker')
    into persons, held, named, played, opened
    from (
        select r.person_id, r.unit, r.lane, r.role from identity.tokens t join identity.roles r using (person_id)
        where t.token_hash = $1 and t.revoked_at is null and t.expires_at > clock_timestamp()
            and r.valid_from <= instant and r.valid_to > instant
        order by r.role_id
    ) h;
    if persons is null then
        return null;
    end if;
    if cardinality(persons) = 1 and named[1] = 'ordinary' then
        return row (persons[1], held[1], played[1], coalesce(opened, '{}'), named, played);
    end if;
    return row (
        persons[1], held[1], played[1],
        array(select distinct o.unit from unnest(opened) o (unit) order by o.unit),
        array(select distinct n.lane from unnest(named || array['ordinary']) n (lane) order by n.lane),
        array(select distinct p.role from unnest(played) p (role) order by p.role));
end
$$;

create or replace function identity.actor_of(token_hash bytea)
returns table (person_id uuid, unit text, role text, units text[], lanes text[], roles text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    asker constant identity.asker := identity.asker_of(token_hash);
begin
    if asker.person_id is not null then
        person_id := asker.person_id;
        unit := asker.unit;
        role := asker.role;
        units := asker.units;
        lanes := asker.lanes;
        roles := asker.roles;
        return next;
    end if;
end
$$;

grant create on schema identity to identity_definer;
alter function identity.asker_of(bytea) owner to identity_definer;
revoke create on schema identity from identity_definer;
revoke all on function identity.asker_of(bytea) from public;
grant execute on function identity.asker_of(bytea) to ledger_definer;
