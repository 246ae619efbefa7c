-- What the bus could not deliver: dead letters, and how often a message ended a process. Each consumer (its database
-- role is its name) sees and writes its own rows; the operator and the owner see all.
create schema delivery;
grant usage on schema delivery to router, ledger_writer, board_reader, notify, reconciler, desk_api, intake_api,
    intake_relay, operator, ledger_definer;

create table delivery.dead_letters (
    id bigint generated always as identity primary key,
    consumer text not null default current_user,
    event_id text,
    topic text not null,
    partition integer not null,
    kafka_offset bigint not null,
    headers jsonb not null default '[]',
    key bytea,
    value bytea,
    reason text not null,
    state text not null default 'open' check (state in ('open', 'replayed', 'discarded')),
    -- Leases, retries and retention use real time.
    first_at timestamptz not null default clock_timestamp()
);
-- The digest: a topic made anew has the same name and offsets, but other messages.
create unique index dead_letters_once on delivery.dead_letters
(consumer, topic, partition, kafka_offset, (sha256(coalesce(value, ''::bytea))));
create index dead_letters_open on delivery.dead_letters (first_at) where state = 'open';

create table delivery.crashes (
    consumer text not null default current_user,
    natural_key text not null,
    count integer not null default 1,
    last_reason text not null,
    last_at timestamptz not null default clock_timestamp(),
    primary key (consumer, natural_key)
);

alter table delivery.dead_letters enable row level security;
alter table delivery.crashes enable row level security;

create policy a_consumer_keeps_its_own on delivery.dead_letters
    for all to router, ledger_writer, board_reader, notify
    using (consumer = current_user) with check (consumer = current_user);
create policy the_operator_sees_all on delivery.dead_letters
    for all to operator using (true) with check (true);
create policy the_reconciler_reads on delivery.dead_letters
    for select to reconciler using (true);
create policy a_consumer_keeps_its_own on delivery.crashes
    for all to router, ledger_writer, board_reader, notify
    using (consumer = current_user) with check (consumer = current_user);
create policy the_operator_sees_all on delivery.crashes
    for all to operator using (true) with check (true);

grant select, insert on delivery.dead_letters to router, ledger_writer, board_reader, notify;
grant select, insert, update, delete on delivery.crashes to router, ledger_writer, board_reader, notify, operator;
grant select, update (state) on delivery.dead_letters to operator;
grant select on delivery.dead_letters to reconciler;
