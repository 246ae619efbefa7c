-- Whom the ledger calls and tells: heads, people of a unit, and who is responsible for what a unit has in hand.

grant usage, create on schema identity to identity_definer;

create function identity.heads_of(units text[], at timestamptz) returns table (unit text, person_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    -- The head appointed first answers for the unit; a subdistrict's coordinator does where it has no head.
    return query
    select distinct on (r.unit) r.unit, r.person_id from identity.roles r
    where r.unit = any (units) and r.role in ('unit_head', 'subdistrict_coordinator', 'center_leader')
        and r.valid_from <= at and r.valid_to > at
    order by r.unit, r.role <> 'unit_head', r.role_id;
end $$;

create function identity.works_in(person_id uuid, unit text, at timestamptz) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from identity.roles r
        where r.person_id = $1 and r.unit = $2 and r.valid_from <= $3 and r.valid_to > $3)
$$;

-- Everybody who is responsible for a unit's cases at an instant, with the units and lanes they answer for.
create function identity.responsible_at(at timestamptz) returns table (person_id uuid, units text[], lanes text[])
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select r.person_id, array_agg(distinct r.unit), array_agg(distinct r.lane) || array['ordinary']
    from identity.roles r
    where r.role in ('unit_head', 'subdistrict_coordinator', 'community_officer', 'grid_worker')
        and r.valid_from <= $1 and r.valid_to > $1
    group by r.person_id
$$;

create index roles_of_a_unit on identity.roles (unit, role);

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'identity.heads_of(text[], timestamptz)', 'identity.works_in(uuid, text, timestamptz)',
        'identity.responsible_at(timestamptz)'
    ] loop
        execute format('alter function %s owner to identity_definer', signature);
        execute format('revoke all on function %s from public', signature);
        execute format('grant execute on function %s to ledger_definer', signature);
    end loop;
end $$;
revoke create on schema identity from identity_definer;
