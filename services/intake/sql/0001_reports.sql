-- What was reported, once each. `body` is the event's bytes as they travel; everything else is there to find the row,
-- to guard it and to answer its reporter. Narrow rows, few indexes: this is the hot path.
create schema intake;
revoke all on schema intake from public;

create sequence intake.serials as bigint;

create table intake.reports (
    report_id uuid primary key,
    serial bigint not null,
    epoch integer not null,
    accepted_at timestamptz not null,
    -- Names the key of the tracking code and of what the vault holds.
    key_id text not null,
    lane text not null check (lane in ('ordinary', 'stability', 'drugs', 'petition', 'discipline')),
    barred_units text[] not null default '{}',
    body bytea not null,
    unique (serial, epoch)
);
create index reports_by_acceptance on intake.reports using brin (accepted_at);

-- One row per client and key: the first 128 bits of a digest over both. Kept 7 days by real time.
create table intake.idempotency (
    client_key uuid primary key,
    fingerprint bytea not null,
    -- The report, or the follow-up, that the key made.
    made_id uuid not null,
    kept_since timestamptz not null default clock_timestamp()
);

-- What a reporter added later; `body` is the event's bytes.
create table intake.followups (
    followup_id uuid primary key,
    report_id uuid not null references intake.reports,
    kind text not null check (kind in ('facts', 'photo', 'withdrawal', 'rating')),
    at timestamptz not null,
    body bytea not null
);
create index followups_of_a_report on intake.followups (report_id);
create unique index followups_once on intake.followups (report_id, kind) where kind in ('withdrawal', 'rating');

-- Facts not yet sent, in the order of writing. To send one again is to insert it again.
create table intake.pending (
    seq bigint generated always as identity primary key,
    topic text not null check (topic in ('report.received.v1', 'report.followed_up.v1')),
    id uuid not null,
    since timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Pictures: the bytes lie under their digest in the object store. A row nobody claimed lapses after an hour.
create table intake.attachments (
    attachment_id uuid primary key,
    sha256 bytea not null check (octet_length(sha256) = 32),
    media_type text not null,
    bytes integer not null check (bytes > 0),
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    report_id uuid,
    uploaded_at timestamptz not null default clock_timestamp()
);
create index attachments_of_a_report on intake.attachments (report_id) where report_id is not null;
create index attachments_unclaimed on intake.attachments (uploaded_at) where report_id is null;

-- Wrong phone tails for a number; five lock it for 15 minutes, for everybody and by real time.
create table intake.tail_misses (
    report_id uuid primary key,
    misses integer not null,
    last_at timestamptz not null
);

alter table intake.reports enable row level security;
alter table intake.idempotency enable row level security;
alter table intake.followups enable row level security;
alter table intake.pending enable row level security;
alter table intake.attachments enable row level security;
alter table intake.tail_misses enable row level security;
