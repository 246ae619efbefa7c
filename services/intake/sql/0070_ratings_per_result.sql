-- A result is rated once; when the case began again and has another result, that one is rated, too.
alter table intake.followups add column about timestamptz;
comment on column intake.followups.about is 'Of a rating: when the case was closed that is rated; null while it is open.';
drop index intake.followups_once;
create unique index withdrawals_once on intake.followups (report_id) where kind = 'withdrawal';
create unique index ratings_once on intake.followups (report_id, (coalesce(about, '-infinity'::timestamptz)))
where kind = 'rating';
