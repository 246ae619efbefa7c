-- What was missed, the offsets noted before it was sent again, and how far each hop has been compared.
create schema reconciler;
revoke all on schema reconciler from public;

create table reconciler.missing (
    hop text not null,
    id uuid not null,
    version integer not null,
    -- Leeways and backoff use real time.
    first_missed_at timestamptz not null default clock_timestamp(),
    -- By "topic/partition": every consumer on the way had committed past these ends, and still there was no effect.
    noted jsonb not null,
    resends integer not null default 0,
    next_at timestamptz not null,
    primary key (hop, id, version)
);

create table reconciler.progress (
    hop text primary key,
    -- By the city's clock: causes before this instant were compared.
    checked_to timestamptz not null,
    -- The last id of the slow sweep over everything; null before a round begins.
    swept_to uuid,
    rounds bigint not null default 0
);

grant usage on schema reconciler to reconciler, operator;
grant select, insert, update, delete on reconciler.missing, reconciler.progress to reconciler;
grant select on reconciler.missing, reconciler.progress to operator;
grant usage on schema clock to reconciler;
grant execute on function clock.now() to reconciler;
