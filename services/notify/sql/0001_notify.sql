-- Who is told: subscriptions, and one row per fact and recipient. A fact nobody is told of leaves the row `none`, so
-- that the reconciler can see it was taken (design §3).
create schema notify;
revoke all on schema notify from public;

create table notify.subscriptions (
    subscription_id uuid primary key,
    unit text not null check (char_length(unit) between 1 and 100),
    -- One role of the unit, or `*` for all that are told.
    role text not null check (role ~ '^(\*|[a-z_]{1,40})$'),
    -- Tags of facts, steps, kinds of notices, or `*`.
    events text[] not null check (cardinality(events) between 1 and 40),
    channel text not null default 'webhook' check (channel = 'webhook'),
    url text not null check (char_length(url) <= 2000 and url ~ '^https?://'),
    -- Host and port of the URL: what the limit on simultaneous deliveries counts.
    destination text not null check (char_length(destination) <= 300),
    -- Sealed with the key file before it comes here; only the last four characters are ever shown.
    key_id text not null,
    wrapped_key bytea not null,
    secret bytea not null,
    -- The secret before it, which signs too until the receiver knows the new one.
    secret_before bytea,
    secret_tail text not null check (char_length(secret_tail) = 4),
    state text not null default 'active' check (state in ('active', 'disabled')),
    -- Retries, leases and this book use real time.
    added_at timestamptz not null default clock_timestamp(),
    ended_at timestamptz
);
create index subscriptions_of_a_unit on notify.subscriptions (unit);

-- The key names the fact by (case, version), which rises with time and keeps inserts at the end of the index; an event id
-- is random. For a notice: its id and version 0. All but the key is null or default where nobody is told: the hot path.
create table notify.messages (
    case_id uuid not null,
    version integer not null,
    -- A subscription's id, or `none`.
    recipient text not null default 'none',
    state text not null default 'none' check (state in ('none', 'pending', 'sent', 'failed', 'dead')),
    attempts smallint not null default 0,
    -- What a receiver drops repeats by.
    message_id uuid,
    destination text,
    next_at timestamptz,
    sent_at timestamptz,
    last_error text check (char_length(last_error) <= 300),
    body bytea check (octet_length(body) < 65536),
    primary key (case_id, version, recipient),
    constraint who_is_told_has_a_message check ((recipient = 'none') = (state = 'none')),
    constraint open_messages_have_their_time check ((next_at is not null) = (state in ('pending', 'failed')))
);
create index messages_due on notify.messages (destination, next_at) where next_at is not null;
create index messages_dead on notify.messages (recipient) where state = 'dead';

grant usage on schema notify to notify, notify_definer, operator, reconciler, desk_api;
grant select, insert on notify.messages to notify;
grant update (state, attempts, next_at, sent_at, last_error) on notify.messages to notify;
grant select on notify.subscriptions to notify;
grant select, insert on notify.subscriptions to notify_definer;
grant update (state, ended_at, key_id, wrapped_key, secret, secret_before, secret_tail)
on notify.subscriptions to notify_definer;
grant select on notify.messages to notify_definer;
grant update (state, attempts, next_at, last_error) on notify.messages to notify_definer;
-- The reconciler compares keys and reads nothing else.
grant select (case_id, version) on notify.messages to reconciler;
