-- Grades as the facts come to, beside the month's draft, until the center's leader publishes them on the bulletin's page.
alter table appraisal.drafts add column graded jsonb not null default '[]'
constraint grades_are_a_list check (jsonb_typeof(graded) = 'array');

-- Of each month whose grades nobody published yet; `seen` names exactly these grades.
create view appraisal.grades_drafted as
select d.period, d.graded, d.over, sha256(convert_to(d.graded::text, 'UTF8')) as seen
from appraisal.drafts d
where d.graded <> '[]'::jsonb and not exists (select from appraisal.grades g where g.period = d.period);
grant select on appraisal.grades_drafted to desk_api, appraisal_definer;

-- Publishes the grades that the person saw: others are refused. Returns how many.
create function appraisal.publish_drafted_grades(period text, seen bytea, token_hash bytea) returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    drafted record;
    units text[];
    grades text[];
    points text[];
begin
    perform appraisal.require_leader(token_hash);
    select * into drafted from appraisal.grades_drafted d where d.period = period;
    if not found or not drafted.over then
        raise no_data_found using message = 'no complete grades of this month';
    end if;
    if drafted.seen <> seen then
        raise serialization_failure using message = 'the grades changed since they were looked at';
    end if;
    select array_agg(g.unit order by g.unit), array_agg(g.grade order by g.unit), array_agg(g.points order by g.unit)
    into units, grades, points
    from jsonb_to_recordset(drafted.graded) as g (unit text, grade text, points text);
    return appraisal.publish_grades(period, units, grades, points, token_hash);
end $$;
alter function appraisal.publish_drafted_grades(text, bytea, bytea) owner to appraisal_definer;
revoke all on function appraisal.publish_drafted_grades(text, bytea, bytea) from public;
grant execute on function appraisal.publish_drafted_grades(text, bytea, bytea) to desk_api;
