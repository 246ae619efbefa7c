-- The tables of the route, as many and as wide as its logic-free part needs.
create table reports (report_id uuid primary key, accepted_at timestamptz not null, body bytea not null);
create table keys (client_key uuid primary key, fingerprint bytea not null, made_id uuid not null);
create table contacts (report_id uuid primary key, wrapped_key bytea not null, sealed bytea not null);
create table pending_reports (seq bigint generated always as identity primary key, report_id uuid not null);

create table cases (
    case_id uuid primary key,
    state text not null,
    lead text not null,
    accepted_at timestamptz not null,
    opened_at timestamptz not null,
    decision json not null
);
create table assignments (
    case_id uuid not null,
    unit text not null,
    role text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    primary key (case_id, unit, role)
);
create index assignments_queue on assignments (unit, due_at, case_id);
create table clocks (
    case_id uuid not null,
    kind text not null,
    unit text not null,
    due_at timestamptz not null,
    next_at timestamptz not null,
    primary key (case_id, kind, unit)
);
create index clocks_owed on clocks (next_at);
create table facts (
    case_id uuid not null,
    version integer not null,
    body bytea not null,
    primary key (case_id, version)
);
create table pending_facts (
    seq bigint generated always as identity primary key,
    case_id uuid not null,
    version integer not null
);
create table messages (case_id uuid not null, version integer not null, primary key (case_id, version));
