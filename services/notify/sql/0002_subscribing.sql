-- Subscriptions are managed through these functions only: by `whistle`, later by the desk. None gives a secret back.
grant create on schema notify to notify_definer;

create function notify.subscribe(
    subscription_id uuid, unit text, role text, events text[], url text, destination text,
    key_id text, wrapped_key bytea, secret bytea, secret_tail text
) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into notify.subscriptions
    (subscription_id, unit, role, events, url, destination, key_id, wrapped_key, secret, secret_tail)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
$$;

create function notify.list()
returns table (
    subscription_id uuid, unit text, role text, events text[], channel text, url text, secret_tail text, state text,
    added_at timestamptz, ended_at timestamptz, waiting bigint, dead bigint
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select s.subscription_id, s.unit, s.role, s.events, s.channel, s.url, s.secret_tail, s.state, s.added_at, s.ended_at,
        (select count(*) from notify.messages m
         where m.destination = s.destination and m.next_at is not null and m.recipient = s.subscription_id::text),
        (select count(*) from notify.messages m where m.state = 'dead' and m.recipient = s.subscription_id::text)
    from notify.subscriptions s
    order by s.added_at, s.subscription_id
$$;

-- True when it was active. What was still to be delivered is dead, visibly.
create function notify.disable(subscription_id uuid) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with ended as (
        update notify.subscriptions s set state = 'disabled', ended_at = clock_timestamp()
        where s.subscription_id = $1 and s.state = 'active'
        returning s.subscription_id, s.destination
    ), dropped as (
        update notify.messages m set state = 'dead', next_at = null, last_error = 'the subscription was disabled'
        from ended e
        where m.destination = e.destination and m.next_at is not null and m.recipient = e.subscription_id::text
    )
    select exists (select from ended)
$$;

-- A new secret; the one before it signs beside it until the next replacement. Both under the same envelope.
create function notify.replace_secret(subscription_id uuid, secret bytea, secret_tail text) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with replaced as (
        update notify.subscriptions s set secret_before = s.secret, secret = $2, secret_tail = $3
        where s.subscription_id = $1 and s.state = 'active'
        returning 1
    )
    select exists (select from replaced)
$$;

-- The wrapped key under which a replacement is sealed; of no use without the key file.
create function notify.envelope_of(subscription_id uuid) returns table (key_id text, wrapped_key bytea)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select s.key_id, s.wrapped_key from notify.subscriptions s where s.subscription_id = $1 $$;

-- Who was told of a case, and how it went: for `whistle case trace`.
create function notify.told(case_id uuid)
returns table (
    version integer, unit text, role text, url text, state text, attempts integer, sent_at timestamptz, last_error text
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select m.version, s.unit, s.role, s.url, m.state, m.attempts::integer, m.sent_at, m.last_error
    from notify.messages m left join notify.subscriptions s on s.subscription_id::text = m.recipient
    where m.case_id = $1
    order by m.version, s.unit, s.role
$$;

-- Messages in a state, newest keys first; bodies stay inside.
create function notify.deliveries(asked text, at_most integer)
returns table (
    case_id uuid, version integer, message_id uuid, unit text, role text, url text, attempts integer,
    next_at timestamptz, last_error text
)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select m.case_id, m.version, m.message_id, s.unit, s.role, s.url, m.attempts::integer, m.next_at, m.last_error
    from notify.subscriptions s join notify.messages m on m.recipient = s.subscription_id::text
    where m.state = asked and (asked = 'dead' or m.destination = s.destination and m.next_at is not null)
        and asked in ('pending', 'failed', 'dead')
    limit least(at_most, 1000)
$$;

-- Dead messages of one subscription are tried again from the beginning.
create function notify.retry_dead(subscription_id uuid) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with retried as (
        update notify.messages m set state = 'pending', attempts = 0, next_at = clock_timestamp(), last_error = null
        where m.state = 'dead' and m.recipient = $1::text
            and exists (select from notify.subscriptions s where s.subscription_id = $1 and s.state = 'active')
        returning 1
    )
    select count(*)::integer from retried
$$;

do $$
declare
    signature text;
begin
    for signature in select oid::regprocedure::text from pg_proc where pronamespace = 'notify'::regnamespace loop
        execute format('alter function %s owner to notify_definer', signature);
        execute format('revoke all on function %s from public', signature);
        execute format('grant execute on function %s to operator', signature);
    end loop;
end $$;
revoke create on schema notify from notify_definer;
