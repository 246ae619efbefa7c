-- Points of weeks and grades of half-years stand beside the months': drafted, published once, corrected by an entry.
alter table appraisal.drafts
drop constraint drafts_period_check,
alter column body drop not null,
alter column workbook drop not null,
add constraint drafts_are_of_periods check (period ~ '^\d{4}-(\d{2}|W\d{2}|H[12])$'),
add constraint a_month_has_its_bulletin check (
    (period ~ '^\d{4}-\d{2}$') = (body is not null) and (body is null) = (workbook is null)
),
-- What was published before and went into these grades: of a month its weeks, of a half-year its months, and how many
-- entries they had.
add column rests_on text[] not null default '{}',
add column entries bigint not null default 0;

-- A week has points and no grade.
alter table appraisal.grades
drop constraint grades_period_check,
alter column grade drop not null,
add constraint grades_are_of_periods check (period ~ '^\d{4}-(\d{2}|W\d{2}|H[12])$'),
add constraint weeks_have_points_only check ((period ~ 'W') = (grade is null)),
add constraint a_weeks_points_are_whole check (period !~ 'W' or points ~ '^-?\d{1,6}$');

create or replace view appraisal.bulletins_shown as
select b.period, b.body, b.workbook, b.sha256, b.published_at, true as over, 0::bigint as missing
from appraisal.bulletins b
union all
select d.period, d.body, d.workbook, sha256(d.body), null, d.over, d.missing from appraisal.drafts d
where d.body is not null and not exists (select from appraisal.bulletins b where b.period = d.period);

create or replace view appraisal.grades_drafted as
select d.period, d.graded, d.over, sha256(convert_to(d.graded::text, 'UTF8')) as seen, d.missing
from appraisal.drafts d
where d.graded <> '[]'::jsonb and not exists (select from appraisal.grades g where g.period = d.period);
grant select on appraisal.grades_drafted to operator;

create or replace function appraisal.publish_bulletin(period text, seen bytea, token_hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    instant constant timestamptz := clock.now();
    draft appraisal.drafts;
begin
    select d.* into draft from appraisal.drafts d where d.period = period and d.body is not null;
    if not found or not draft.over then
        raise no_data_found using message = 'no complete draft of this month';
    end if;
    if sha256(draft.body) <> seen then
        raise serialization_failure using message = 'the draft changed since it was looked at';
    end if;
    if exists (select from appraisal.bulletins b where b.period = period) then
        raise unique_violation using message = 'published already';
    end if;
    perform appraisal.require_complete(draft);
    insert into appraisal.bulletins (period, body, workbook, published_at, published_by)
    values (period, draft.body, draft.workbook, instant, person);
    return instant;
end $$;

-- Raises 55000 unless the grades rest on what is published now; a half-year rests on six months, and on nothing else.
create function appraisal.require_published(draft appraisal.drafts) returns void
language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
    entries bigint;
    periods bigint;
begin
    select count(*), count(distinct g.period) into entries, periods
    from appraisal.grades g where g.period = any (draft.rests_on);
    if draft.period ~ 'H' and periods < 6 then
        raise object_not_in_prerequisite_state
        using message = format('the half-year is not complete: %s of its six months are published', periods);
    end if;
    if entries <> draft.entries then
        raise object_not_in_prerequisite_state
        using message = 'not complete: what the grades rest on was published or corrected since they were compiled';
    end if;
end $$;

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
    return appraisal.publish_grades(period, units, grades, points, token_hash);
end $$;

-- What a week's points should have been: the next entry of the unit. Returns its number.
create function appraisal.correct_points(period text, unit text, points text, reason text, token_hash bytea)
returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    last integer;
begin
    select max(g.entry) into last from appraisal.grades g where g.period = period and g.unit = unit;
    if last is null then
        raise no_data_found using message = 'nothing published for this unit';
    end if;
    if period !~ 'W' then
        raise check_violation using message = 'points are of a week; a month and a half-year have grades';
    end if;
    insert into appraisal.grades (period, unit, entry, points, reason, at, person_id)
    values (period, unit, last + 1, points, reason, clock.now(), person);
    return last + 1;
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'appraisal.require_published(appraisal.drafts)', 'appraisal.publish_bulletin(text, bytea, bytea)',
        'appraisal.publish_drafted_grades(text, bytea, bytea)',
        'appraisal.correct_points(text, text, text, text, bytea)'
    ] loop
        execute format('alter function %s owner to appraisal_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function appraisal.publish_drafted_grades(text, bytea, bytea) to operator;
grant execute on function appraisal.correct_points(text, text, text, text, bytea) to desk_api, operator;
-- Pages publish what was drafted, and nothing that they bring themselves.
revoke execute on function appraisal.publish_grades(text, text[], text[], text[], bytea) from desk_api;

-- Weeks and half-years there are, published or drafted, half-years first and then the last week first.
create view appraisal.gradings_shown as
select g.period, min(g.at) as published_at from appraisal.grades g where g.period ~ '[WH]' group by g.period
union all
select d.period, null from appraisal.grades_drafted d where d.period ~ '[WH]';
grant select on appraisal.gradings_shown to desk_api;
