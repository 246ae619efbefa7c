-- Papers filled in at a counter (S3-04): the key that a paper's number gives, so that the same paper makes no second
-- report however much later it comes. What stands on it is in the report.
create table intake.papers (client_key uuid primary key);
alter table intake.papers enable row level security;
create policy the_window_keeps on intake.papers for select to intake_api using (true);
create policy the_window_adds on intake.papers for insert to intake_api with check (true);
grant select, insert on intake.papers to intake_api;
