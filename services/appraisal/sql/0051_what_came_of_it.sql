-- What came of an interview, and what was done about what a bulletin names: rows beside it, each the next entry. What
-- was published stays as it is.
create table appraisal.outcomes (
    period text not null check (period ~ '^\d{4}-\d{2}$'),
    kind text not null check (kind in ('interview', 'overdue', 'refused')),
    -- The unit that was interviewed or pushed duties down; of what was overdue the case's number.
    about text not null check (char_length(about) between 1 and 100),
    entry integer not null check (entry >= 1),
    -- Whose item it is.
    unit text not null,
    held_on date,
    present text not null default '' check (char_length(present) <= 200),
    what text not null check (char_length(what) between 2 and 2000),
    until_on date,
    at timestamptz not null,
    person_id uuid not null,
    recorded_by text not null,
    primary key (period, kind, about, entry),
    constraint an_interview_says_when_and_with_whom check (
        (kind = 'interview') = (held_on is not null) and (kind = 'interview') = (present <> '')
    )
);
create trigger stays_as_published before update or delete or truncate on appraisal.outcomes
for each statement execute function appraisal.stays_as_published();

grant select, insert on appraisal.outcomes to appraisal_definer;
grant select on appraisal.bulletins_shown to appraisal_definer;

-- Whose an item of a bulletin is; null where the bulletin has no such item. Interviews are those a person confirmed, in
-- the running month too; everything else asks for an answer once it is published.
create function appraisal.unit_of_item(period text, kind text, about text) returns text
language sql stable security definer set search_path = pg_catalog
as $$
    select case
        when kind = 'interview' and (i ->> 'unit') = about and (i -> 'confirmed' ->> 'value')::integer > 0
            then i ->> 'unit'
        when kind = 'refused' and b.published_at is not null and (i ->> 'department') = about
            then i ->> 'department'
        when kind = 'overdue' and b.published_at is not null and (i ->> 'number') = about then i ->> 'lead'
    end as unit
    from appraisal.bulletins_shown b, jsonb_array_elements(
        convert_from(b.body, 'UTF8')::jsonb -> case kind when 'interview' then 'interviews' else kind end
    ) as i
    where b.period = unit_of_item.period
    order by unit nulls last limit 1
$$;

-- Enters what came of an item; returns the entry's number. The command center and inspectors record everything, a unit
-- what it did about its own items; interviews are recorded by who holds them.
create function appraisal.record_outcome(
    period text, kind text, about text, held_on date, present text, what text, until_on date, token_hash bytea
) returns integer
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person record;
    whose constant text := appraisal.unit_of_item(period, kind, about);
    number integer;
begin
    select * into person from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if whose is null then
        raise no_data_found using message = 'the bulletin has no such item';
    end if;
    if not person.roles && array['center_leader', 'center_operator', 'inspector']
        and (kind = 'interview' or not whose = any (person.units)) then
        raise insufficient_privilege using message = 'the center, an inspector, or the unit itself says what was done';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'outcome', period, kind, about), 0));
    select coalesce(max(o.entry), 0) + 1 into number from appraisal.outcomes o
    where o.period = period and o.kind = kind and o.about = about;
    insert into appraisal.outcomes (period, kind, about, entry, unit, held_on, present, what, until_on, at, person_id,
        recorded_by)
    values (period, kind, about, number, whose, held_on, present, what, until_on, clock.now(), person.person_id,
        person.unit);
    return number;
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'appraisal.unit_of_item(text, text, text)',
        'appraisal.record_outcome(text, text, text, date, text, text, date, bytea)'
    ] loop
        execute format('alter function %s owner to appraisal_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function appraisal.record_outcome(text, text, text, date, text, text, date, bytea) to desk_api, operator;

create view appraisal.outcomes_shown as
select period, kind, about, entry, unit, held_on, present, what, until_on, at, recorded_by from appraisal.outcomes;
grant select on appraisal.outcomes_shown to desk_api;
grant select on appraisal.outcomes to operator;
