-- The cases behind a week's points: beside its draft and, once it is published, for good. A half-year's stand in the
-- bulletins of its months.
alter table appraisal.drafts add column behind jsonb;
create table appraisal.published_lists (
    period text primary key check (period ~ '^\d{4}-W\d{2}$'),
    behind jsonb not null
);
create trigger stays_as_published before update or delete or truncate on appraisal.published_lists
for each statement execute function appraisal.stays_as_published();
grant select, insert on appraisal.published_lists to appraisal_definer;
grant select on appraisal.published_lists to appraisal, operator;

create view appraisal.lists_shown as
select l.period, l.behind from appraisal.published_lists l
union all
select d.period, d.behind from appraisal.drafts d
where d.behind is not null and not exists (select from appraisal.grades g where g.period = d.period);
grant select on appraisal.lists_shown to desk_api;

create or replace function appraisal.publish_drafted_grades(period text, seen bytea, token_hash bytea) returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    drafted record;
    draft appraisal.drafts;
    units text[];
    grades text[];
    points text[];
begin
    perform appraisal.require_leader(token_hash);
    if exists (select from appraisal.grades g where g.period = period) then
        raise unique_violation using message = 'published already; correct it by a new entry';
    end if;
    select * into drafted from appraisal.grades_drafted d where d.period = period;
    if not found or not drafted.over then
        raise no_data_found using message = 'no complete grades of this period';
    end if;
    if drafted.seen is distinct from seen then
        raise serialization_failure using message = 'the grades changed since they were looked at';
    end if;
    select d.* into draft from appraisal.drafts d where d.period = period;
    perform appraisal.require_published(draft);
    if period !~ 'H' then
        perform appraisal.require_complete(draft);
    end if;
    select array_agg(g.unit order by g.unit), array_agg(g.grade order by g.unit), array_agg(g.points order by g.unit)
    into units, grades, points
    from jsonb_to_recordset(drafted.graded) as g (unit text, grade text, points text);
    if draft.behind is not null then
        insert into appraisal.published_lists (period, behind) values (period, draft.behind);
    end if;
    return appraisal.publish_grades(period, units, grades, points, token_hash);
end $$;

-- Which kind of period it is, so that nobody reads it from the name.
create or replace view appraisal.grades_shown as
select g.period, g.unit, g.entry, g.grade, g.points, g.reason, g.at,
    case when g.period ~ 'W' then 'week' when g.period ~ 'H' then 'half_year' else 'month' end as kind
from appraisal.grades g;
create or replace view appraisal.grades_drafted as
select d.period, d.graded, d.over, sha256(convert_to(d.graded::text, 'UTF8')) as seen, d.missing,
    case when d.period ~ 'W' then 'week' when d.period ~ 'H' then 'half_year' else 'month' end as kind
from appraisal.drafts d
where d.graded <> '[]'::jsonb and not exists (select from appraisal.grades g where g.period = d.period);
create or replace view appraisal.gradings_shown as
select g.period, min(g.at) as published_at, g.kind from appraisal.grades_shown g where g.kind <> 'month'
group by g.period, g.kind
union all
select d.period, null, d.kind from appraisal.grades_drafted d where d.kind <> 'month';
