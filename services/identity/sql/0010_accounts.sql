-- Accounts: how a person logs in, and sessions: what a browser then holds. A session is a token whose expiry moves on
-- while it is used, up to its own end; so everything that knows tokens knows sessions, row-level security included.
create table identity.accounts (
    person_id uuid primary key references identity.persons,
    login text not null unique check (login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
    password_hash text not null check (password_hash like '$argon2id$%'),
    -- Somebody else knows the password: only choosing another is possible.
    must_change boolean not null,
    changed_at timestamptz not null,
    disabled_at timestamptz
);

create table identity.sessions (
    token_hash bytea primary key references identity.tokens,
    begun_at timestamptz not null,
    -- However much it is used, it ends here.
    ends_at timestamptz not null,
    -- Unused for so long, it ends.
    idle interval not null check (idle > interval '0'),
    check (begun_at < ends_at)
);
create index tokens_of_persons_sessions on identity.tokens (person_id, expires_at) where revoked_at is null;

-- Tries in vain, by what they have in common: a login, or an address; hashed, since either may be a person's.
create table identity.misses (
    subject bytea primary key check (octet_length(subject) = 32),
    misses integer not null,
    last_at timestamptz not null
);
create index misses_to_forget on identity.misses (last_at);

grant usage, create on schema identity to identity_definer;
grant select, insert, update on identity.accounts to identity_definer;
grant select, insert on identity.sessions to identity_definer;
grant select, insert, update, delete on identity.misses to identity_definer;
grant update (expires_at) on identity.tokens to identity_definer;

-- A try at a login. It counts before anybody knows whether it was right, so that guessing at once does not help; the
-- one that was right is forgiven by begin_session. `free` tries cost nothing; each further one waits twice as long,
-- from 30 s to 15 min, and after a quiet quarter of an hour everything begins anew. Waiting tries do not count.
create function identity.knock(login text, subjects bytea[], free integer[])
returns table (wait_seconds integer, person_id uuid, password_hash text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    instant constant timestamptz := clock_timestamp();
    wait integer;
begin
    -- In order, so that two tries do not wait for each other in a ring.
    perform 1 from identity.misses m where m.subject = any (subjects) order by m.subject for update;
    select max(ceil(extract(epoch from m.last_at - instant
        + least(interval '15 minutes', interval '30 seconds' * (2 ^ least(m.misses - s.free, 10))))))
    into wait
    from identity.misses m join unnest(subjects, free) s (subject, free) using (subject)
    where m.misses >= s.free and m.last_at > instant - interval '15 minutes';
    if wait > 0 then
        return query select wait, null::uuid, null::text;
        return;
    end if;
    insert into identity.misses as m (subject, misses, last_at)
    select s, 1, instant from unnest(subjects) s order by s
    on conflict (subject) do update
    set misses = case when m.last_at > instant - interval '15 minutes' then m.misses + 1 else 1 end, last_at = instant;
    delete from identity.misses m where m.subject in (
        select f.subject from identity.misses f where f.last_at < instant - interval '1 hour' limit 100
    );
    return query select 0, a.person_id, a.password_hash
    from (values (1)) one left join identity.accounts a on a.login = $1 and a.disabled_at is null;
end
$$;

-- Begins a session for whoever knew the password that `knock` gave; false when it has changed since. A person keeps ten.
create function identity.begin_session(
    person_id uuid, verified text, token_hash bytea, prefix text, idle interval, at_most interval, subjects bytea[]
) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    instant constant timestamptz := clock_timestamp();
begin
    perform 1 from identity.accounts a
    where a.person_id = $1 and a.password_hash = $2 and a.disabled_at is null for share;
    if not found then
        return false;
    end if;
    insert into identity.tokens (token_hash, prefix, person_id, issued_at, expires_at)
    values ($3, $4, $1, instant, instant + least($5, $6));
    insert into identity.sessions (token_hash, begun_at, ends_at, idle) values ($3, instant, instant + $6, $5);
    update identity.tokens t set revoked_at = instant where t.token_hash in (
        select s.token_hash from identity.sessions s join identity.tokens o using (token_hash)
        where o.person_id = $1 and o.revoked_at is null and o.expires_at > instant
        order by s.begun_at desc offset 10
    );
    -- The login's own count ends; the address, which may be trying others, only gets this one back.
    delete from identity.misses m where m.subject = ($7)[1];
    update identity.misses m set misses = m.misses - 1 where m.subject = any (($7)[2:]) and m.misses > 0;
    return true;
end
$$;

-- Who logged in, for the pages; nothing for a token that is not a session. The session goes on from here: at most one
-- write a minute. `quiet` looks without using it, as pages that refresh by themselves do.
create function identity.session_of(token_hash bytea, quiet boolean default false)
returns table (person_id uuid, name text, login text, must_change boolean)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    instant constant timestamptz := clock_timestamp();
begin
    if not quiet then
        update identity.tokens t set expires_at = least(instant + s.idle, s.ends_at)
        from identity.sessions s
        where t.token_hash = $1 and s.token_hash = t.token_hash and t.revoked_at is null and t.expires_at > instant
            and t.expires_at < least(instant + s.idle, s.ends_at) - interval '1 minute';
    end if;
    return query
    select p.person_id, p.name, a.login, a.must_change
    from identity.tokens t join identity.sessions s using (token_hash)
    join identity.accounts a on a.person_id = t.person_id
    join identity.persons p on p.person_id = t.person_id
    where t.token_hash = $1 and t.revoked_at is null and t.expires_at > instant and a.disabled_at is null;
end
$$;

create function identity.end_session(token_hash bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    update identity.tokens t set revoked_at = clock_timestamp()
    where t.token_hash = $1 and t.revoked_at is null
        and exists (select from identity.sessions s where s.token_hash = $1)
$$;

-- By the person, who has just shown the old one. Their other sessions end: somebody else may have had it.
create function identity.change_password(token_hash bytea, old_hash text, new_hash text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person uuid;
begin
    select s.person_id into person from identity.session_of($1, true) s;
    update identity.accounts a set password_hash = $3, must_change = false, changed_at = clock_timestamp()
    where a.person_id = person and a.password_hash = $2 and a.disabled_at is null;
    if not found then
        return false;
    end if;
    update identity.tokens t set revoked_at = clock_timestamp()
    from identity.sessions s
    where s.token_hash = t.token_hash and t.person_id = person and t.revoked_at is null and t.token_hash <> $1;
    return true;
end
$$;

create function identity.password_of(token_hash bytea) returns text
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    select a.password_hash from identity.session_of($1, true) s join identity.accounts a using (person_id)
$$;

-- Who else works in the asker's units, with the role: to hand a case to a colleague.
create function identity.colleagues() returns table (person_id uuid, name text, unit text, role text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select distinct on (p.person_id, r.unit) p.person_id, p.name, r.unit, r.role
    from identity.roles r join identity.persons p using (person_id)
    where r.unit = any (identity.current_units())
        and r.valid_from <= (select clock.now()) and r.valid_to > (select clock.now())
    order by p.person_id, r.unit, r.role_id
$$;

alter function identity.knock(text, bytea[], integer[]) owner to identity_definer;
alter function identity.begin_session(uuid, text, bytea, text, interval, interval, bytea[]) owner to identity_definer;
alter function identity.session_of(bytea, boolean) owner to identity_definer;
alter function identity.end_session(bytea) owner to identity_definer;
alter function identity.change_password(bytea, text, text) owner to identity_definer;
alter function identity.password_of(bytea) owner to identity_definer;
alter function identity.colleagues() owner to identity_definer;
revoke create on schema identity from identity_definer;
revoke all on function
identity.knock(text, bytea[], integer[]),
identity.begin_session(uuid, text, bytea, text, interval, interval, bytea[]),
identity.session_of(bytea, boolean),
identity.end_session(bytea),
identity.change_password(bytea, text, text),
identity.password_of(bytea),
identity.colleagues()
from public;
grant execute on function
identity.knock(text, bytea[], integer[]),
identity.begin_session(uuid, text, bytea, text, interval, interval, bytea[]),
identity.session_of(bytea, boolean),
identity.end_session(bytea),
identity.change_password(bytea, text, text),
identity.password_of(bytea),
identity.colleagues()
to desk_api;
