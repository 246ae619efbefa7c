-- Alerts that were raised, and inspections that were drawn: the appraisal's own rows, which no rebuild touches.

create table appraisal.bursts (
    item text not null,
    place text not null,
    began_at timestamptz not null,
    -- While cases come, it is the same burst.
    last_at timestamptz not null,
    cases integer not null,
    notice_id uuid not null,
    primary key (item, place, began_at)
);

-- A sample is its seed, its month and its size: whoever draws again draws the same cases.
create table appraisal.samples (
    sample_id uuid primary key,
    period text not null check (period ~ '^\d{4}-\d{2}$'),
    seed bigint not null,
    size integer not null check (size between 1 and 1000),
    cases uuid[] not null,
    numbers text[] not null,
    drawn_at timestamptz not null,
    drawn_by uuid not null,
    unique (period, seed, size),
    constraint each_case_has_its_number check (cardinality(cases) = cardinality(numbers))
);
create trigger stays_as_published before update or delete or truncate on appraisal.samples
for each statement execute function appraisal.stays_as_published();

-- An inspector draws a sample; drawn again it is the one that is there.
create function appraisal.draw_sample(
    sample_id uuid, period text, seed bigint, size integer, cases uuid[], numbers text[], token_hash bytea
) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    person record;
    known uuid;
begin
    select * into person from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if not person.roles && array['inspector', 'center_leader', 'center_operator'] then
        raise insufficient_privilege using message = 'an inspector or the command center draws a sample';
    end if;
    insert into appraisal.samples (sample_id, period, seed, size, cases, numbers, drawn_at, drawn_by)
    values (sample_id, period, seed, size, cases, numbers, clock.now(), person.person_id) on conflict do nothing;
    select s.sample_id into known from appraisal.samples s
    where s.period = period and s.seed = seed and s.size = size;
    return known;
end $$;
alter function appraisal.draw_sample(uuid, text, bigint, integer, uuid[], text[], bytea) owner to appraisal_definer;
revoke all on function appraisal.draw_sample(uuid, text, bigint, integer, uuid[], text[], bytea) from public;

create view appraisal.samples_shown as
select sample_id, period, seed, size, cases, numbers, drawn_at from appraisal.samples;

grant select, insert on appraisal.samples to appraisal_definer;
grant execute on function appraisal.draw_sample(uuid, text, bigint, integer, uuid[], text[], bytea)
to operator, desk_api;
grant select on appraisal.samples, appraisal.bursts to operator;
grant select on appraisal.samples_shown to desk_api;
grant select, insert, update on appraisal.bursts to appraisal;
