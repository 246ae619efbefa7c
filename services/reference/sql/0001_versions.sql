-- What the city has decided, version by version. Content is gzip of canonical JSON, never changed once published.
create schema reference;
revoke all on schema reference from public;

create table reference.versions (
    version integer primary key check (version > 0),
    active_from timestamptz not null,
    published_at timestamptz not null,
    drafted_by uuid not null,
    approved_by uuid not null,
    content bytea not null,
    sha256 bytea not null generated always as (sha256(content)) stored,
    constraint two_persons check (drafted_by <> approved_by)
);
create index versions_in_time on reference.versions (active_from, version);
alter table reference.versions alter column content set storage external;

create table reference.drafts (
    draft_id bigint generated always as identity primary key,
    drafted_by uuid not null,
    drafted_at timestamptz not null,
    note text not null default '' check (char_length(note) <= 2000),
    content bytea not null check (octet_length(content) <= 33554432),
    sha256 bytea not null generated always as (sha256(content)) stored,
    published_as integer unique references reference.versions
);
alter table reference.drafts alter column content set storage external;

-- The version in force at an instant. What was accepted before the first version began is decided by the first.
create function reference.version_at(at timestamptz) returns integer
language sql stable
as $$
    select coalesce(
        (select v.version from reference.versions v where v.active_from <= $1 order by v.active_from desc, v.version desc limit 1),
        (select v.version from reference.versions v order by v.active_from, v.version limit 1)
    )
$$;

grant usage on schema reference to intake_api, intake_relay, router, ledger_writer, desk_api, board_reader, notify,
    reconciler, operator, ledger_definer, intake_definer, reference_definer;
grant select on reference.versions to intake_api, router, ledger_writer, desk_api, board_reader, notify, reconciler,
    operator, ledger_definer, intake_definer, reference_definer;
grant select on reference.drafts to desk_api, operator;
grant insert on reference.versions, reference.drafts to reference_definer;
grant select, update (published_as) on reference.drafts to reference_definer;
