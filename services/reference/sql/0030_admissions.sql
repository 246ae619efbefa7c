-- The register of task admissions (准入, S0-08 to S0-10): a department asks, the head of the leading group's office
-- decides; funds, staff and powers go together with a task. Who asks and who decides is looked up from their tokens.
-- RV007 no such admission or not in that state, RV008 the asker decides.
grant create on schema reference to reference_definer;
grant execute on function identity.list_persons() to reference_definer;

create table reference.admissions (
    admission_id text primary key check (char_length(admission_id) between 1 and 64),
    title text not null check (char_length(title) between 1 and 200),
    requested_by text not null check (char_length(requested_by) between 1 and 64),
    items text[] not null check (cardinality(items) between 1 and 500),
    units text[] not null check (cardinality(units) between 1 and 1000),
    funds boolean not null,
    staff boolean not null,
    powers boolean not null,
    state text not null check (state in ('requested', 'approved', 'refused', 'withdrawn')),
    decided_on date,
    valid_to date,
    reason text check (char_length(reason) <= 2000),
    asked_by uuid,
    constraint decided_with_all_three check (state not in ('approved', 'withdrawn') or (funds and staff and powers)),
    constraint decided_on_a_day check (state = 'requested' or decided_on is not null)
);

-- Every change of state, never changed: what was withdrawn was admitted once. No person: adopted from paper.
create table reference.admission_history (
    change_id bigint generated always as identity primary key,
    admission_id text not null references reference.admissions,
    at timestamptz not null,
    person uuid,
    state text not null,
    reason text
);
create index admission_history_of on reference.admission_history (admission_id, change_id);

-- Work that a department sent down without an approved admission, and was sent back with. The same thing said again
-- on the same day counts once. The misuse register reads it.
create table reference.refused_tasks (
    department text not null check (char_length(department) between 1 and 64),
    what text not null check (char_length(what) between 1 and 500),
    refused_on date not null,
    refused_at timestamptz not null,
    person uuid,
    primary key (department, refused_on, what)
);
create view reference.refusals_by_department as
select department, count(*) as refusals, min(refused_on) as first_on, max(refused_on) as last_on
from reference.refused_tasks group by department;

create function reference.today() returns date
language sql stable
as $$ select (clock.now() at time zone 'Asia/Shanghai')::date $$;

create function reference.head_of(token_hash bytea, unit text) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := (select a.person_id from identity.actor_of(token_hash) a);
begin
    if person is null or not exists (
        select from identity.list_persons() p
        where p.person_id = person and p.unit = head_of.unit and p.role = 'unit_head'
            and p.valid_from <= clock.now() and p.valid_to > clock.now()
    ) then
        raise insufficient_privilege using message = format('needs the head of %s', head_of.unit);
    end if;
    return person;
end
$$;

create function reference.note_refused(departments text[], whats text[], person uuid) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into reference.refused_tasks (department, what, refused_on, refused_at, person)
    select distinct on (d, w) d, left(w, 500), reference.today(), clock.now(), $3
    from unnest($1, $2) refused (d, w)
    on conflict do nothing
$$;

create function reference.note_refused_tasks(departments text[], whats text[], token_hash bytea)
returns table (department text, refusals bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner', 'center_leader', 'unit_head']);
begin
    perform reference.note_refused(departments, whats, person);
    return query select r.department, r.refusals from reference.refusals_by_department r
    where r.department = any (departments) order by r.department;
end
$$;

-- An admission without one of its conditions is refused as it is asked for, and says which (S0-09).
create function reference.request_admission(
    title text, department text, items text[], units text[], funds boolean, staff boolean, powers boolean,
    token_hash bytea
) returns table (admission_id text, state text, reason text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person constant uuid := reference.head_of(token_hash, department);
    year constant text := to_char(reference.today(), 'YYYY');
    missing constant text := array_to_string(
        array_remove(array[case when not funds then 'funds' end, case when not staff then 'staff' end,
                           case when not powers then 'powers' end], null), ', ');
    given text;
    begins_as text;
    why text;
begin
    perform pg_advisory_xact_lock(7241, 2);
    select format('ZR-%s-%s', year, lpad((coalesce(max(substring(a.admission_id from '^ZR-\d{4}-(\d{1,9})$')::integer), 0)
        + 1)::text, 3, '0'))
    into given from reference.admissions a where a.admission_id like 'ZR-' || year || '-%';
    begins_as := case when missing = '' then 'requested' else 'refused' end;
    why := case when missing <> '' then format('not given with the task: %s', missing) end;
    insert into reference.admissions
        (admission_id, title, requested_by, items, units, funds, staff, powers, state, decided_on, reason, asked_by)
    values (given, title, department, request_admission.items, request_admission.units, funds, staff, powers, begins_as,
            case when missing <> '' then reference.today() end, why, person);
    insert into reference.admission_history (admission_id, at, person, state, reason)
    values (given, clock.now(), person, begins_as, why);
    if missing <> '' then
        perform reference.note_refused(array[department], array[format('%s %s: %s', given, title, why)], person);
    end if;
    return query select given, begins_as, why;
end
$$;

create function reference.decide_admission(
    admission_id text, approved boolean, reason text, valid_to date, token_hash bytea
) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person constant uuid := reference.head_of(token_hash, 'party_building_office');
    asked reference.admissions;
    decided constant text := case when approved then 'approved' else 'refused' end;
begin
    select * into asked from reference.admissions a
    where a.admission_id = decide_admission.admission_id and a.state = 'requested' for update;
    if not found then
        raise exception using errcode = 'RV007',
            message = format('admission %s does not exist or is decided', decide_admission.admission_id);
    end if;
    if asked.asked_by = person then
        raise exception using errcode = 'RV008', message = 'who asks for an admission cannot decide it';
    end if;
    update reference.admissions a
    set state = decided, decided_on = reference.today(), valid_to = decide_admission.valid_to,
        reason = decide_admission.reason
    where a.admission_id = asked.admission_id;
    insert into reference.admission_history (admission_id, at, person, state, reason)
    values (asked.admission_id, clock.now(), person, decided, decide_admission.reason);
    if not approved then
        perform reference.note_refused(array[asked.requested_by],
            array[format('%s %s: %s', asked.admission_id, asked.title, decide_admission.reason)], person);
    end if;
    return decided;
end
$$;

-- From `ends_on` on nothing new goes down under it; what went down before is finished or dispatched anew (S0-10).
create function reference.withdraw_admission(admission_id text, ends_on date, reason text, token_hash bytea)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person constant uuid := reference.head_of(token_hash, 'party_building_office');
begin
    update reference.admissions a
    set state = 'withdrawn', valid_to = greatest(ends_on, reference.today()), reason = withdraw_admission.reason
    where a.admission_id = withdraw_admission.admission_id and a.state = 'approved';
    if not found then
        raise exception using errcode = 'RV007',
            message = format('admission %s does not exist or is not approved', withdraw_admission.admission_id);
    end if;
    insert into reference.admission_history (admission_id, at, person, state, reason)
    values (withdraw_admission.admission_id, clock.now(), person, 'withdrawn', withdraw_admission.reason);
    return 'withdrawn';
end
$$;

-- What was decided on paper before the system, from a district's sheet; what the register knows stays as it is.
create function reference.adopt_admissions(rows jsonb) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with adopted as (
        insert into reference.admissions
            (admission_id, title, requested_by, items, units, funds, staff, powers, state, decided_on, valid_to, reason)
        select r.id, r.title, r.requested_by, r.items, r.units, r.funds, r.staff, r.powers, r.state, r.decided_on,
            r.valid_to, r.reason
        from jsonb_to_recordset(rows) as r (
            id text, title text, requested_by text, items text[], units text[], funds boolean, staff boolean,
            powers boolean, state text, decided_on date, valid_to date, reason text)
        on conflict do nothing returning admission_id, state, reason
    ), noted as (
        insert into reference.admission_history (admission_id, at, state, reason)
        select a.admission_id, clock.now(), a.state, a.reason from adopted a returning 1
    )
    select count(*)::integer from noted
$$;

alter function reference.head_of(bytea, text) owner to reference_definer;
alter function reference.note_refused(text[], text[], uuid) owner to reference_definer;
alter function reference.note_refused_tasks(text[], text[], bytea) owner to reference_definer;
alter function reference.request_admission(text, text, text[], text[], boolean, boolean, boolean, bytea)
owner to reference_definer;
alter function reference.decide_admission(text, boolean, text, date, bytea) owner to reference_definer;
alter function reference.withdraw_admission(text, date, text, bytea) owner to reference_definer;
alter function reference.adopt_admissions(jsonb) owner to reference_definer;
revoke create on schema reference from reference_definer;

grant select, insert on reference.admissions, reference.admission_history, reference.refused_tasks to reference_definer;
grant update (state, decided_on, valid_to, reason) on reference.admissions to reference_definer;
grant select on reference.refusals_by_department to reference_definer;
grant select on reference.admissions, reference.admission_history, reference.refused_tasks,
    reference.refusals_by_department to desk_api, operator, board_reader;

revoke all on function reference.today(), reference.head_of(bytea, text),
    reference.note_refused(text[], text[], uuid), reference.note_refused_tasks(text[], text[], bytea),
    reference.request_admission(text, text, text[], text[], boolean, boolean, boolean, bytea),
    reference.decide_admission(text, boolean, text, date, bytea),
    reference.withdraw_admission(text, date, text, bytea), reference.adopt_admissions(jsonb) from public;
grant execute on function reference.today() to reference_definer;
grant execute on function reference.note_refused_tasks(text[], text[], bytea),
    reference.request_admission(text, text, text[], text[], boolean, boolean, boolean, bytea),
    reference.decide_admission(text, boolean, text, date, bytea),
    reference.withdraw_admission(text, date, text, bytea) to desk_api, operator;
grant execute on function reference.adopt_admissions(jsonb) to operator;
