-- The look-ups of row-level security, written so that their plans are kept: a policy asks three times per table of a
-- query, and a chain of SQL functions was planned anew each time (0.7 ms of the server's time a call, now under 0.1).
-- What they answer is unchanged: nothing for an unset, unknown, expired or revoked token, or a person without a role now.
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
    ), '{}');
end
$$;

create or replace function identity.current_lanes() returns text[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    token constant bytea := identity.token_of_transaction();
    named text[];
begin
    if token is null then
        return '{}';
    end if;
    select array_agg(distinct r.lane) into named from identity.tokens t join identity.roles r using (person_id)
    where t.token_hash = token and t.revoked_at is null and t.expires_at > clock_timestamp()
        and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now());
    return case
        when named is null then '{}'
        when 'ordinary' = any (named) then named
        else named || array['ordinary']
    end;
end
$$;
