-- Robots of WeCom and DingTalk, SMS and mail beside webhooks. `url` shows where messages go, masked for all but webhooks;
-- the number, address or key itself is sealed in `secret`.
alter table notify.subscriptions
drop constraint subscriptions_channel_check,
drop constraint subscriptions_url_check,
add constraint known_channel check (channel in ('webhook', 'wecom', 'dingtalk', 'sms', 'mail')),
add constraint somewhere check (
    char_length(url) between 1 and 2000 and (channel <> 'webhook' or url ~ '^https?://')
    and (channel <> 'sms' or url !~ '\d{8}')
);

-- How often a provider asked to wait: such an attempt does not count.
alter table notify.messages add column postponed smallint not null default 0;
grant update (postponed) on notify.messages to notify, notify_definer;
grant insert on notify.messages to notify_definer;
-- What is told again for a subscription, by when it was told first.
create index messages_sent on notify.messages (recipient, sent_at) where state = 'sent';

drop function notify.subscribe(uuid, text, text, text[], text, text, text, bytea, bytea, text);
grant create on schema notify to notify_definer;

create function notify.subscribe(
    subscription_id uuid, unit text, role text, events text[], channel text, url text, destination text,
    key_id text, wrapped_key bytea, secret bytea, secret_tail text
) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into notify.subscriptions
    (subscription_id, unit, role, events, channel, url, destination, key_id, wrapped_key, secret, secret_tail)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
$$;
grant insert (channel) on notify.subscriptions to notify_definer;

-- Only a webhook has a secret of ours to replace.
create or replace function notify.replace_secret(subscription_id uuid, secret bytea, secret_tail text) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with replaced as (
        update notify.subscriptions s set secret_before = s.secret, secret = $2, secret_tail = $3
        where s.subscription_id = $1 and s.state = 'active' and s.channel = 'webhook'
        returning 1
    )
    select exists (select from replaced)
$$;

-- Which unit an active subscription is of; null where there is none.
create function notify.subscribed(subscription_id uuid) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select s.unit from notify.subscriptions s where s.subscription_id = $1 and s.state = 'active' $$;

-- A message of its own for one subscription, under an id no case has. False where the subscription is not active.
create function notify.send_test(test_id uuid, subscription_id uuid, message_id uuid, body bytea) returns boolean
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with written as (
        insert into notify.messages (case_id, version, recipient, state, message_id, destination, next_at, body)
        select $1, 0, s.subscription_id::text, 'pending', $3, s.destination, clock_timestamp(), $4
        from notify.subscriptions s where s.subscription_id = $2 and s.state = 'active'
        returning 1
    )
    select exists (select from written)
$$;

create function notify.outcome_of(test_id uuid)
returns table (state text, attempts integer, next_at timestamptz, last_error text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select m.state, m.attempts::integer, m.next_at, m.last_error from notify.messages m
    where m.case_id = $1 and m.version = 0 limit 1
$$;

-- What was told between two instants is told again under the same ids, oldest first; returns how much.
create function notify.replay(subscription_id uuid, since timestamptz, until timestamptz, at_most integer) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with chosen as (
        select m.case_id, m.version, m.recipient from notify.messages m
        where m.recipient = $1::text and m.state = 'sent' and m.sent_at >= $2 and m.sent_at < $3
            and exists (select from notify.subscriptions s where s.subscription_id = $1 and s.state = 'active')
        order by m.sent_at limit least(at_most, 10000)
    ), again as (
        update notify.messages m
        set state = 'pending', attempts = 0, postponed = 0, next_at = clock_timestamp(), last_error = null
        from chosen c
        where (m.case_id, m.version, m.recipient) = (c.case_id, c.version, c.recipient)
        returning 1
    )
    select count(*)::integer from again
$$;

create or replace function notify.retry_dead(subscription_id uuid) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with retried as (
        update notify.messages m
        set state = 'pending', attempts = 0, postponed = 0, next_at = clock_timestamp(), last_error = null
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
