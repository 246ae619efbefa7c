-- Opening, resetting, disabling accounts, and what happens when somebody leaves: by the operator's command line only.
grant usage, create on schema identity to identity_definer;

-- A person has one account; opened again it gets this login, this password, and is no longer disabled.
create function identity.open_account(person_id uuid, login text, password_hash text, must_change boolean) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into identity.accounts (person_id, login, password_hash, must_change, changed_at)
    values ($1, $2, $3, $4, clock_timestamp())
    on conflict on constraint accounts_pkey do update set
        login = excluded.login, password_hash = excluded.password_hash, must_change = excluded.must_change,
        changed_at = excluded.changed_at, disabled_at = null
$$;

-- Everything a person could still come in with: tokens and sessions. Returns how many.
create function identity.shut_out(person_id uuid) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with revoked as (
        update identity.tokens t set revoked_at = clock_timestamp()
        where t.person_id = $1 and t.revoked_at is null and t.expires_at > clock_timestamp()
        returning 1
    )
    select count(*)::integer from revoked
$$;

-- False when there is no such account, or it is disabled already.
create function identity.disable_account(login text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid;
begin
    update identity.accounts a set disabled_at = clock_timestamp()
    where a.login = $1 and a.disabled_at is null returning a.person_id into person;
    if person is null then
        return false;
    end if;
    perform identity.shut_out(person);
    return true;
end
$$;

create function identity.enable_account(login text) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with enabled as (
        update identity.accounts a set disabled_at = null where a.login = $1 and a.disabled_at is not null returning 1
    )
    select exists (select from enabled)
$$;

-- A new password that the person must change; sessions end. False when there is no such account.
create function identity.reset_account(login text, password_hash text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid;
begin
    update identity.accounts a set password_hash = $2, must_change = true, changed_at = clock_timestamp()
    where a.login = $1 returning a.person_id into person;
    if person is null then
        return false;
    end if;
    update identity.tokens t set revoked_at = clock_timestamp()
    from identity.sessions s
    where s.token_hash = t.token_hash and t.person_id = person and t.revoked_at is null;
    return true;
end
$$;

create function identity.list_accounts()
returns table (login text, person_id uuid, name text, must_change boolean, disabled_at timestamptz, sessions bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select a.login, a.person_id, p.name, a.must_change, a.disabled_at, (
        select count(*) from identity.sessions s join identity.tokens t using (token_hash)
        where t.person_id = a.person_id and t.revoked_at is null and t.expires_at > clock_timestamp())
    from identity.accounts a join identity.persons p using (person_id)
    order by a.login
$$;

-- The same as before, without sessions: those come and go by themselves.
create or replace function identity.list_tokens()
returns table (prefix text, person_id uuid, issued_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select t.prefix, t.person_id, t.issued_at, t.expires_at, t.revoked_at from identity.tokens t
    where not exists (select from identity.sessions s where s.token_hash = t.token_hash)
    order by t.issued_at
$$;

alter function identity.open_account(uuid, text, text, boolean) owner to identity_definer;
alter function identity.shut_out(uuid) owner to identity_definer;
alter function identity.disable_account(text) owner to identity_definer;
alter function identity.enable_account(text) owner to identity_definer;
alter function identity.reset_account(text, text) owner to identity_definer;
alter function identity.list_accounts() owner to identity_definer;
revoke create on schema identity from identity_definer;
revoke all on function
identity.open_account(uuid, text, text, boolean), identity.shut_out(uuid), identity.disable_account(text),
identity.enable_account(text), identity.reset_account(text, text), identity.list_accounts()
from public;
grant execute on function
identity.open_account(uuid, text, text, boolean), identity.shut_out(uuid), identity.disable_account(text),
identity.enable_account(text), identity.reset_account(text, text), identity.list_accounts()
to operator;
