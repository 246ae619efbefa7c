-- The ledger's tables: cases, assignments, clocks, steps, whistles, facts. Only the functions of 0002 and 0003 write here.
create schema ledger;
grant usage on schema ledger to ledger_writer, desk_api, board_reader, reconciler, intake_api, notify, operator, ledger_definer;

create type ledger.topic as enum ('case.progressed.v1', 'case.returned.v1');

create table ledger.cases (
    case_id uuid primary key,
    number text not null,
    version integer not null check (version > 0),
    -- Changes with state transitions only: what If-Match is compared with.
    revision integer not null default 1,
    state text not null,
    attempt smallint not null,
    -- The attempt asked of the router and not yet opened.
    attempt_awaited smallint,
    superseded smallint[] not null default '{}',
    tried text[] not null default '{}',
    lead text not null,
    cooperating text[] not null,
    branch text,
    tier text not null,
    urgency text not null,
    item text,
    lane text not null,
    barred_units text[] not null,
    -- Who may see the case: part of every row-level policy.
    units text[] not null,
    subdistrict text,
    accepted_at timestamptz not null,
    opened_at timestamptz not null,
    changed_at timestamptz not null,
    signed_in_at timestamptz,
    handled_at timestamptz,
    closed_at timestamptz,
    reference_version integer not null,
    applied_version integer not null,
    whistle_open smallint,
    whistles smallint not null default 0,
    supervision_open smallint,
    supervisions smallint not null default 0,
    reworks smallint not null default 0,
    problem_ticket boolean not null default false,
    handler uuid,
    duplicate_of uuid references ledger.cases,
    -- The decision now in force, with the report's facts: contracts' CaseDispatched.
    decision json not null,
    reports json not null,
    answer json,
    constraint a_case_is_never_ownerless check (lead <> ''),
    constraint the_lead_is_not_accused check (not lead = any (barred_units))
) with (fillfactor = 85);
create unique index cases_number on ledger.cases (number);
create index cases_open_by_subdistrict on ledger.cases (subdistrict, accepted_at) where closed_at is null;

-- No foreign keys from here on: their checks cost more than the rows (a trigger's query each), and only the functions of
-- 0002 and 0003 write, always beside the case they hold locked.
create table ledger.assignments (
    case_id uuid not null,
    attempt smallint not null,
    unit text not null,
    role text not null check (role in ('lead', 'cooperating', 'copy', 'supervising')),
    -- The department itself, or the branch office it handed the case to.
    handling_unit text not null,
    state text not null check (state in ('open', 'signed_in', 'delivered', 'ended')),
    opened_at timestamptz not null,
    -- S1-08: no assignment without a due time.
    due_at timestamptz not null,
    signed_in_at timestamptz,
    ended_at timestamptz,
    lane text not null,
    barred_units text[] not null,
    units text[] not null,
    primary key (case_id, attempt, unit, role),
    constraint an_accused_unit_gets_nothing check (not unit = any (barred_units))
) with (fillfactor = 85);
create index assignments_queue on ledger.assignments (handling_unit, due_at, case_id) where ended_at is null;
create unique index one_lead_per_case on ledger.assignments (case_id) where role = 'lead' and ended_at is null;

create table ledger.clocks (
    case_id uuid not null,
    kind text not null,
    unit text not null,
    cycle smallint not null,
    started_at timestamptz not null,
    -- The limit as decided, such as 4wh: with start and calendar it derives due_at again at any time.
    allowed text not null,
    due_at timestamptz not null,
    stopped_at timestamptz,
    calendar integer not null,
    ladder text not null,
    next_step text,
    next_at timestamptz,
    primary key (case_id, kind, unit, cycle),
    constraint a_step_has_its_instant check ((next_step is null) = (next_at is null)),
    constraint a_stopped_clock_owes_nothing check (stopped_at is null or next_at is null)
) with (fillfactor = 85);
create index clocks_owed on ledger.clocks (next_at) where next_at is not null;

create table ledger.steps (
    case_id uuid not null,
    kind text not null,
    unit text not null,
    cycle smallint not null,
    step text not null,
    owed_at timestamptz not null,
    effective_at timestamptz not null,
    version integer not null,
    -- The natural key of a step (design §3): a second one is impossible, whoever tries.
    primary key (case_id, kind, unit, cycle, step),
    constraint never_early check (effective_at >= owed_at)
);

create table ledger.whistles (
    case_id uuid not null,
    number smallint not null,
    kind text not null,
    subdistrict text not null,
    automatic boolean not null,
    reason text not null,
    blown_at timestamptz not null,
    closed_at timestamptz,
    lane text not null,
    barred_units text[] not null,
    units text[] not null,
    primary key (case_id, number)
);
create unique index one_open_whistle_per_case on ledger.whistles (case_id) where closed_at is null;

create table ledger.whistle_calls (
    case_id uuid not null,
    number smallint not null,
    unit text not null,
    state text not null check (state in ('called', 'reported_in', 'no_show')),
    due_at timestamptz not null,
    reported_in_at timestamptz,
    person uuid,
    place text not null default '',
    lane text not null,
    barred_units text[] not null,
    units text[] not null,
    primary key (case_id, number, unit),
    constraint an_accused_unit_is_not_called check (not unit = any (barred_units))
);
create index whistle_calls_open on ledger.whistle_calls (unit, due_at, case_id) where state = 'called';

-- A fact's bytes, once, on the row that states it; kept for good.
create table ledger.facts (
    case_id uuid not null,
    version integer not null,
    topic ledger.topic not null,
    event_id uuid not null,
    at timestamptz not null,
    body bytea not null check (octet_length(body) < 500000),
    primary key (case_id, version, topic)
);

create table ledger.notices (
    notice_id uuid primary key,
    at timestamptz not null,
    body bytea not null check (octet_length(body) < 500000)
);

-- What is still to be sent: a number and the key of the row that holds the bytes.
create table ledger.pending (
    seq bigint generated always as identity primary key,
    case_id uuid,
    version integer,
    topic ledger.topic,
    notice_id uuid,
    constraint a_fact_or_a_notice check ((notice_id is null) = (case_id is not null and version is not null and topic is not null))
);

-- Follow-ups that were taken in; one that came before its case waits here until the opening.
create table ledger.followups (
    followup_id uuid primary key,
    case_id uuid not null,
    body bytea not null,
    applied_version integer
);
create index followups_waiting on ledger.followups (case_id) where applied_version is null;

-- What an act answered, so that its repeat after a lost answer answers the same (design §9).
create table ledger.acts (
    person uuid not null,
    key text not null check (char_length(key) between 1 and 128),
    fingerprint bytea not null,
    at timestamptz not null,
    answer json not null,
    primary key (person, key)
);

create table ledger.schedules (
    name text not null,
    period text not null,
    next_at timestamptz not null,
    settled_at timestamptz,
    primary key (name, period)
);

-- One row while settling is stopped because clocks disagree; sla and desk obey it (design §8).
create table ledger.clock_stop (
    one boolean primary key default true check (one),
    stopped_at timestamptz not null default clock_timestamp(),
    reason text not null
);
