-- What the figures are computed from: a row per fact and per notice, whatever order they came in. Both tables can be
-- emptied and filled again from the topics (`whistle appraisal rebuild`).
create schema appraisal;
revoke all on schema appraisal from public;

-- The key names the fact by (case, version): it rises with time and keeps inserts at the end of the index. A fact that
-- no figure counts leaves its key, so that the reconciler can see it was taken.
create table appraisal.facts (
    case_id uuid not null,
    version integer not null,
    at timestamptz not null,
    what text not null check (char_length(what) <= 40),
    -- Of an opening: what bursts are counted by. Nothing else reads them, so that a burst is one narrow scan.
    item text,
    place text,
    -- Of an ending: when the promise was due, so that a month finds what was closed before it began.
    due_at timestamptz,
    -- JSON without a word anybody wrote: where the case stood, and what of the fact counts.
    body bytea check (octet_length(body) < 65536),
    primary key (case_id, version)
);
-- Facts come nearly in the order of time: a block range is as good as a tree here, and costs nothing to keep.
create index facts_by_time on appraisal.facts using brin (at) with (pages_per_range = 16, autosummarize = on);
create index endings_by_due on appraisal.facts (due_at) where due_at is not null;

create table appraisal.notices (
    notice_id uuid primary key,
    at timestamptz not null,
    kind text not null check (char_length(kind) <= 40),
    -- Of a refused task: whose it was, how many at once, and what the first was.
    department text,
    refused integer not null default 0,
    first text check (char_length(first) <= 500)
);
create index refusals_by_time on appraisal.notices (at) where department is not null;

grant usage on schema appraisal to appraisal, operator, reconciler, desk_api;
grant select, insert on appraisal.facts, appraisal.notices to appraisal;
grant select, delete on appraisal.facts, appraisal.notices to operator;
-- The reconciler compares keys and reads nothing else.
grant select (case_id, version) on appraisal.facts to reconciler;
grant select (notice_id) on appraisal.notices to reconciler;
grant usage on schema clock, reference, ledger to appraisal;
grant execute on function clock.now() to appraisal;
grant select on reference.versions, reference.mode_switches to appraisal;
grant execute on function reference.version_at(timestamptz) to appraisal;
grant execute on function ledger.issue_notice(uuid, timestamptz, bytea) to appraisal;
