-- Part-time grid workers (couriers and others, S1-15, S2-09): they report, and follow what they reported by its tracking
-- code. The role names the grid where they look around and opens nothing there: no unit's cases, queues or lists. Who has
-- another role beside sees what that one opens.
alter table identity.roles drop constraint roles_role_check;
alter table identity.roles add constraint roles_role_check check (role in (
    'clerk', 'unit_head', 'subdistrict_officer', 'subdistrict_coordinator', 'community_officer', 'grid_worker',
    'part_time_grid_worker', 'grid_supervisor', 'center_operator', 'center_leader', 'rule_owner', 'operator', 'inspector'
));

create or replace function identity.actor_of(token_hash bytea)
returns table (person_id uuid, unit text, role text, units text[], lanes text[], roles text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        r.person_id,
        (array_agg(r.unit order by r.role_id))[1],
        (array_agg(r.role order by r.role_id))[1],
        coalesce(array_agg(distinct r.unit) filter (where r.role <> 'part_time_grid_worker'), '{}'),
        array(select distinct lane from unnest(array_agg(r.lane) || array['ordinary']) lane order by lane),
        array_agg(distinct r.role)
    from identity.tokens t join identity.roles r using (person_id)
    where t.token_hash = $1 and t.revoked_at is null and t.expires_at > clock_timestamp()
        and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now())
    group by r.person_id;
end
$$;

create or replace function identity.current_units() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    token constant bytea := identity.token_of_transaction();
begin
    if token is null then
        return '{}';
    end if;
    return coalesce((
        select array_agg(distinct r.unit) from identity.tokens t join identity.roles r using (person_id)
        where t.token_hash = token and t.revoked_at is null and t.expires_at > clock_timestamp()
            and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now())
            and r.role <> 'part_time_grid_worker'
    ), '{}');
end
$$;
