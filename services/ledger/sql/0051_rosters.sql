-- Who is on duty where (S1-07): entered by the unit's own people, asked when a whistle is blown.
create table ledger.shifts (
    shift_id uuid primary key,
    unit text not null check (char_length(unit) between 1 and 64),
    person_id uuid not null,
    begins_at timestamptz not null,
    ends_at timestamptz not null,
    entered_by uuid not null,
    entered_at timestamptz not null,
    ended_by uuid,
    constraint a_shift_has_a_length check (begins_at < ends_at and ends_at - begins_at <= interval '31 days')
);
create index shifts_of_a_unit on ledger.shifts (unit, ends_at);
grant select, insert, update on ledger.shifts to ledger_definer;
grant execute on function identity.heads_of(text[], timestamptz), identity.works_in(uuid, text, timestamptz)
to ledger_definer;

-- Whoever is on duty at an instant; where the roster names nobody, the head; of several, who began last.
create function ledger.on_duty(units text[], at timestamptz)
returns table (unit text, person_id uuid, head boolean)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    return query
    select distinct on (found.unit) found.unit, found.person_id, found.head from (
        select s.unit, s.person_id, false as head, s.begins_at from ledger.shifts s
        where s.unit = any (units) and s.begins_at <= at and s.ends_at > at
        union all
        select h.unit, h.person_id, true, '-infinity' from identity.heads_of(units, at) h
    ) found
    order by found.unit, found.head, found.begins_at desc, found.person_id;
end $$;

-- A unit's roster is kept by its head and by whoever leads the subdistrict it serves; everybody on it works there.
-- Answers what is wrong, or nothing: `not_yours`, `not_theirs`, `too_many`.
create function ledger.enter_shift(
    token_hash bytea, shift_id uuid, unit text, person_id uuid, begins_at timestamptz, ends_at timestamptz,
    kept_by text[]
) returns text
language plpgsql volatile security definer set search_path = pg_catalog
as $$
declare
    asker record;
    instant constant timestamptz := clock.now();
begin
    select * into asker from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if not (asker.units && kept_by and asker.roles && array['unit_head', 'subdistrict_coordinator', 'center_leader']) then
        return 'not_yours';
    end if;
    if not identity.works_in(enter_shift.person_id, enter_shift.unit, instant) then
        return 'not_theirs';
    end if;
    if (select count(*) from ledger.shifts s where s.unit = enter_shift.unit and s.ends_at > instant) >= 500 then
        return 'too_many';
    end if;
    insert into ledger.shifts (shift_id, unit, person_id, begins_at, ends_at, entered_by, entered_at)
    values (enter_shift.shift_id, enter_shift.unit, enter_shift.person_id, enter_shift.begins_at, enter_shift.ends_at,
            asker.person_id, instant)
    on conflict on constraint shifts_pkey do nothing;
    return null;
end $$;

-- A shift that has begun ends now; of one that lies ahead a microsecond is left, as the record that there was one.
create function ledger.end_shift(token_hash bytea, unit text, shift_id uuid, kept_by text[]) returns text
language plpgsql volatile security definer set search_path = pg_catalog
as $$
declare
    asker record;
    instant constant timestamptz := clock.now();
begin
    select * into asker from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    if not (asker.units && kept_by and asker.roles && array['unit_head', 'subdistrict_coordinator', 'center_leader']) then
        return 'not_yours';
    end if;
    update ledger.shifts s set
        ends_at = greatest(instant, s.begins_at + interval '1 microsecond'),
        ended_by = asker.person_id
    where s.shift_id = end_shift.shift_id and s.unit = end_shift.unit and s.ends_at > instant and s.ended_by is null;
    return case when found then null else 'no_such' end;
end $$;

-- A unit's shifts that have not ended, soonest first.
create function ledger.roster_of(token_hash bytea, unit text)
returns table (shift_id uuid, person_id uuid, begins_at timestamptz, ends_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    if not exists (select from identity.actor_of(token_hash)) then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    return query
    select s.shift_id, s.person_id, s.begins_at, s.ends_at from ledger.shifts s
    where s.unit = roster_of.unit and s.ends_at > clock.now() order by s.begins_at, s.shift_id limit 500;
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'ledger.on_duty(text[], timestamptz)',
        'ledger.enter_shift(bytea, uuid, text, uuid, timestamptz, timestamptz, text[])',
        'ledger.end_shift(bytea, text, uuid, text[])', 'ledger.roster_of(bytea, text)'
    ] loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.on_duty(text[], timestamptz) to ledger_writer, desk_api;
grant execute on function ledger.enter_shift(bytea, uuid, text, uuid, timestamptz, timestamptz, text[]),
    ledger.end_shift(bytea, text, uuid, text[]), ledger.roster_of(bytea, text) to desk_api;
