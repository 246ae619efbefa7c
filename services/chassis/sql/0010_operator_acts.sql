-- What operators did by the command line: inserted through one function, changed by nobody.
create table delivery.operator_acts (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    -- The login name on the operator's machine, as the command line says, and the role PostgreSQL knows.
    login text not null check (char_length(login) between 1 and 100),
    role text not null default session_user,
    act text not null check (char_length(act) between 1 and 100),
    subject text not null check (char_length(subject) <= 500),
    details jsonb not null default '{}'
);

create function delivery.note_act(login text, act text, subject text, details jsonb) returns void
language sql volatile security definer set search_path = pg_catalog
as $$
    insert into delivery.operator_acts (login, role, act, subject, details)
    values (login, session_user, act, subject, details)
$$;

revoke all on function delivery.note_act(text, text, text, jsonb) from public;
grant execute on function delivery.note_act(text, text, text, jsonb) to operator;
grant select on delivery.operator_acts to operator;
-- The command line lists epochs and what is waiting to be sent.
grant select on delivery.epochs to operator;
