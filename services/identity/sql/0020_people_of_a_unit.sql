-- Who works in a unit now, for those who keep its roster: heads, coordinators and the center's leader read names only.
grant usage, create on schema identity to identity_definer;

create function identity.people_of(token_hash bytea, unit text) returns table (person_id uuid, name text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if not exists (
        select from identity.actor_of(token_hash) a
        where a.roles && array['unit_head', 'subdistrict_coordinator', 'center_leader']
    ) then
        return;
    end if;
    return query
    select p.person_id, p.name from identity.persons p
    where p.person_id in (
        select r.person_id from identity.roles r
        where r.unit = people_of.unit and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now()))
    order by p.name, p.person_id;
end
$$;

alter function identity.people_of(bytea, text) owner to identity_definer;
revoke create on schema identity from identity_definer;
revoke all on function identity.people_of(bytea, text) from public;
grant execute on function identity.people_of(bytea, text) to desk_api;
