-- Walls: a screen that shows the board over nights and deploys, opened by the command center's leader. What such a
-- screen holds is no token: nothing that acts, reads cases or keeps row-level security knows it, only who asks here.
create table identity.walls (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    prefix text not null unique check (prefix ~ '^[a-z2-7]{8}$'),
    person_id uuid not null references identity.persons,
    place text not null check (char_length(place) between 1 and 100),
    begun_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    check (begun_at < ends_at)
);
create index walls_of_a_person on identity.walls (person_id) where ended_at is null;

grant usage, create on schema identity to identity_definer;
grant select, insert on identity.walls to identity_definer;
grant update (ended_at) on identity.walls to identity_definer;

-- Nothing once the wall was ended, has grown too old, or its person leads nothing any more.
create function identity.wall_of(token_hash bytea) returns table (person_id uuid, units text[])
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select w.person_id, array_agg(distinct r.unit)
    from identity.walls w join identity.roles r using (person_id)
    where w.token_hash = $1 and w.ended_at is null and w.ends_at > clock_timestamp() and r.role = 'center_leader'
        and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now())
    group by w.person_id;
end
$$;

-- By the leader, at the screen itself: their session there ends, so that nobody acts in their name at a wall.
-- Twenty walls stay; the oldest gives way. False for whoever may not.
create function identity.begin_wall(session bytea, token_hash bytea, prefix text, place text, at_most interval)
returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    instant constant timestamptz := clock_timestamp();
    leader uuid;
begin
    select a.person_id into leader
    from identity.session_of($1, true) s join identity.actor_of($1) a using (person_id)
    where 'center_leader' = any (a.roles) and not s.must_change;
    if leader is null then
        return false;
    end if;
    insert into identity.walls (token_hash, prefix, person_id, place, begun_at, ends_at)
    values ($2, $3, leader, $4, instant, instant + $5);
    update identity.walls w set ended_at = instant where w.ended_at is null and w.token_hash in (
        select o.token_hash from identity.walls o
        where o.ended_at is null and o.ends_at > instant order by o.begun_at desc, o.prefix offset 20
    );
    perform identity.end_session($1);
    return true;
end
$$;

-- By a leader, theirs or a colleague's. False for whoever may not, and for a wall that has ended.
create function identity.end_wall(session bytea, prefix text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update identity.walls w set ended_at = clock_timestamp()
    where w.prefix = $2 and w.ended_at is null and exists (
        select from identity.session_of($1, true) s join identity.actor_of($1) a using (person_id)
        where 'center_leader' = any (a.roles) and not s.must_change
    );
    return found;
end
$$;

create function identity.list_walls()
returns table (prefix text, place text, name text, begun_at timestamptz, ends_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select w.prefix, w.place, p.name, w.begun_at, w.ends_at
    from identity.walls w join identity.persons p using (person_id)
    where w.ended_at is null and w.ends_at > clock_timestamp()
    order by w.begun_at, w.prefix
$$;

-- As before, walls included: whoever is shut out leaves no screen behind.
create or replace function identity.shut_out(person_id uuid) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with revoked as (
        update identity.tokens t set revoked_at = clock_timestamp()
        where t.person_id = $1 and t.revoked_at is null and t.expires_at > clock_timestamp()
        returning 1
    ), darkened as (
        update identity.walls w set ended_at = clock_timestamp()
        where w.person_id = $1 and w.ended_at is null and w.ends_at > clock_timestamp()
        returning 1
    )
    select count(*)::integer from (select from revoked union all select from darkened) ended
$$;

alter function identity.wall_of(bytea) owner to identity_definer;
alter function identity.begin_wall(bytea, bytea, text, text, interval) owner to identity_definer;
alter function identity.end_wall(bytea, text) owner to identity_definer;
alter function identity.list_walls() owner to identity_definer;
revoke create on schema identity from identity_definer;
revoke all on function
identity.wall_of(bytea), identity.begin_wall(bytea, bytea, text, text, interval), identity.end_wall(bytea, text),
identity.list_walls()
from public;
grant execute on function identity.wall_of(bytea) to desk_api, board_reader;
grant execute on function
identity.begin_wall(bytea, bytea, text, text, interval), identity.end_wall(bytea, text), identity.list_walls()
to desk_api;
