-- What was published, and what corrected it: the appraisal's own rows, which no rebuild touches and nobody changes.

-- The newest figures of a period as compiled, until they are published: one row a period, replaced as facts come.
create table appraisal.drafts (
    period text primary key check (period ~ '^\d{4}-\d{2}$'),
    body bytea not null check (octet_length(body) < 64 * 1024 * 1024),
    workbook bytea not null check (octet_length(workbook) < 64 * 1024 * 1024),
    compiled_at timestamptz not null,
    -- Whether a fact of the period may still come: a month is published when it is over.
    over boolean not null
);

create table appraisal.bulletins (
    period text primary key check (period ~ '^\d{4}-\d{2}$'),
    -- Canonical JSON: the same facts give the same bytes.
    body bytea not null,
    sha256 bytea generated always as (sha256(body)) stored,
    workbook bytea not null,
    published_at timestamptz not null,
    published_by uuid not null
);

-- Entry 1 is the publication, each further one a correction with its reason. The last entry holds.
create table appraisal.grades (
    period text not null check (period ~ '^\d{4}-(\d{2}|H[12])$'),
    unit text not null check (char_length(unit) between 1 and 100),
    entry integer not null check (entry >= 1),
    grade text not null check (grade in ('advanced', 'ordinary', 'backward', 'good', 'fair', 'poor')),
    -- Mean weekly points, exactly: a fraction as text such as 7/2.
    points text not null check (points ~ '^-?\d{1,18}(/\d{1,18})?$'),
    reason text not null default '' check (char_length(reason) <= 2000),
    at timestamptz not null,
    person_id uuid not null,
    primary key (period, unit, entry),
    constraint a_correction_says_why check ((entry = 1) = (reason = '')),
    constraint half_years_have_their_own check ((period ~ 'H') = (grade in ('good', 'fair', 'poor')))
);

-- Not even the owner changes what was published.
create function appraisal.stays_as_published() returns trigger
language plpgsql set search_path = pg_catalog
as $$
begin
    raise insufficient_privilege using message = 'what was published stays; correct it by a new entry';
end $$;
create trigger stays_as_published before update or delete or truncate on appraisal.bulletins
for each statement execute function appraisal.stays_as_published();
create trigger stays_as_published before update or delete or truncate on appraisal.grades
for each statement execute function appraisal.stays_as_published();

grant usage, create on schema appraisal to appraisal_definer;
grant usage on schema identity, clock to appraisal_definer;
grant execute on function identity.actor_of(bytea), clock.now() to appraisal_definer;
grant select on appraisal.drafts to appraisal_definer;
grant select, insert on appraisal.bulletins, appraisal.grades to appraisal_definer;

-- Who may publish: the leader of the command center.
create function appraisal.require_leader(token_hash bytea) returns uuid
language plpgsql stable security definer set search_path = pg_catalog
as $$
declare
    person record;
begin
    select * into person from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if not 'center_leader' = any (person.roles) then
        raise insufficient_privilege using message = 'the leader of the command center publishes';
    end if;
    return person.person_id;
end $$;

-- Publishes the draft that the person saw: another one is refused. The appraisal's process tells every unit of it.
create function appraisal.publish_bulletin(period text, seen bytea, token_hash bytea) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    instant constant timestamptz := clock.now();
    draft appraisal.drafts;
begin
    select d.* into draft from appraisal.drafts d where d.period = period;
    if not found or not draft.over then
        raise no_data_found using message = 'no complete draft of this month';
    end if;
    if sha256(draft.body) <> seen then
        raise serialization_failure using message = 'the draft changed since it was looked at';
    end if;
    insert into appraisal.bulletins (period, body, workbook, published_at, published_by)
    values (period, draft.body, draft.workbook, instant, person);
    return instant;
end $$;

-- The grades of a period, all at once, as entry 1.
create function appraisal.publish_grades(period text, units text[], grades text[], points text[], token_hash bytea)
returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    instant constant timestamptz := clock.now();
    published integer;
begin
    if exists (select from appraisal.grades g where g.period = period) then
        raise unique_violation using message = 'published already; correct it by a new entry';
    end if;
    insert into appraisal.grades (period, unit, entry, grade, points, at, person_id)
    select period, x.unit, 1, x.grade, x.points, instant, person
    from unnest(units, grades, points) as x (unit, grade, points);
    get diagnostics published = row_count;
    return published;
end $$;

-- A correction: the next entry of a unit's grade. Returns its number.
create function appraisal.correct_grade(period text, unit text, grade text, reason text, token_hash bytea)
returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person constant uuid := appraisal.require_leader(token_hash);
    last appraisal.grades;
begin
    select g.* into last from appraisal.grades g where g.period = period and g.unit = unit
    order by g.entry desc limit 1;
    if not found then
        raise no_data_found using message = 'nothing published for this unit';
    end if;
    insert into appraisal.grades (period, unit, entry, grade, points, reason, at, person_id)
    values (period, unit, last.entry + 1, grade, last.points, reason, clock.now(), person);
    return last.entry + 1;
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'appraisal.require_leader(bytea)', 'appraisal.publish_bulletin(text, bytea, bytea)',
        'appraisal.publish_grades(text, text[], text[], text[], bytea)',
        'appraisal.correct_grade(text, text, text, text, bytea)'
    ] loop
        execute format('alter function %s owner to appraisal_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function appraisal.publish_bulletin(text, bytea, bytea),
    appraisal.publish_grades(text, text[], text[], text[], bytea),
    appraisal.correct_grade(text, text, text, text, bytea)
to desk_api, operator;
grant select, insert, update on appraisal.drafts to appraisal, operator;
grant select on appraisal.bulletins, appraisal.grades to appraisal, operator;

-- What the desk shows: of each month what was published, else the draft.
create view appraisal.bulletins_shown as
select b.period, b.body, b.workbook, b.sha256, b.published_at, true as over from appraisal.bulletins b
union all
select d.period, d.body, d.workbook, sha256(d.body), null, d.over from appraisal.drafts d
where not exists (select from appraisal.bulletins b where b.period = d.period);
create view appraisal.grades_shown as
select period, unit, entry, grade, points, reason, at from appraisal.grades;
grant select on appraisal.bulletins_shown, appraisal.grades_shown to desk_api;
