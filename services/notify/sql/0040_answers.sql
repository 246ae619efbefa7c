-- What reporters with a contact are told: accepted, in work, put off, done; each once for every promise. No row names
-- anybody: who reported and how they are reached stays in the vault until the moment of sending.
create table notify.answers (
    report_id uuid not null,
    kind text not null check (kind in ('accepted', 'progress', 'delayed', 'result')),
    -- Counts the promises of the case: a case that began again has another result.
    cycle smallint not null check (cycle > 0),
    -- The fact that said so.
    case_id uuid not null,
    version integer not null,
    -- `unwanted`: who reported asked for no reply. `by_person`: no message reaches them, somebody has to call.
    state text not null default 'pending'
    check (state in ('pending', 'sent', 'failed', 'dead', 'unwanted', 'by_person')),
    attempts smallint not null default 0,
    postponed smallint not null default 0,
    message_id uuid not null,
    next_at timestamptz,
    sent_at timestamptz,
    last_error text check (char_length(last_error) <= 300),
    body bytea not null check (octet_length(body) < 65536),
    primary key (report_id, kind, cycle),
    constraint open_answers_have_their_time check ((next_at is not null) = (state in ('pending', 'failed')))
);
create index answers_due on notify.answers (next_at) where next_at is not null;
create index answers_dead on notify.answers (report_id) where state = 'dead';

grant select, insert on notify.answers to notify;
grant update (state, attempts, postponed, next_at, sent_at, last_error) on notify.answers to notify;

-- For operators: how many stand where and why, and the dead ones tried again. Neither says who reported.
grant create on schema notify to notify_definer;
grant select on notify.answers to notify_definer;
grant update (state, attempts, postponed, next_at, last_error) on notify.answers to notify_definer;

create function notify.answers_standing()
returns table (kind text, state text, answers bigint, latest timestamptz, error text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select a.kind, a.state, count(*), max(a.sent_at), max(a.last_error)
    from notify.answers a group by a.kind, a.state order by a.kind, a.state
$$;

create function notify.retry_answers() returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with retried as (
        update notify.answers a
        set state = 'pending', attempts = 0, postponed = 0, next_at = clock_timestamp(), last_error = null
        where a.state = 'dead'
        returning 1
    )
    select count(*)::integer from retried
$$;
alter function notify.answers_standing() owner to notify_definer;
alter function notify.retry_answers() owner to notify_definer;
revoke create on schema notify from notify_definer;
revoke all on function notify.answers_standing(), notify.retry_answers() from public;
grant execute on function notify.answers_standing(), notify.retry_answers() to operator;
