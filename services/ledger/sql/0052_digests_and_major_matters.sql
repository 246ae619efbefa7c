-- What the day came to, per responsible person (S4-06); and matters that reach the leader at once (X-15).

create index schedules_owed on ledger.schedules (next_at) where settled_at is null;
grant execute on function identity.responsible_at(timestamptz) to ledger_definer;

-- A schedule that has never been set begins with its first period; one that waits stays as it is.
create function ledger.begin_schedule(name text, period text, next_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    insert into ledger.schedules (name, period, next_at)
    select begin_schedule.name, begin_schedule.period, begin_schedule.next_at
    where not exists (
        select from ledger.schedules s where s.name = begin_schedule.name and s.settled_at is null)
    on conflict do nothing;
end $$;

-- The schedules that are owed, locked; what another instance holds is left to it (design §3).
create function ledger.schedules_owed() returns table (name text, period text, next_at timestamptz, now timestamptz)
language plpgsql volatile security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
declare
    instant constant timestamptz := clock.now();
begin
    perform ledger.require_writer(null);
    return query
    select s.name, s.period, s.next_at, instant from ledger.schedules s
    where s.settled_at is null and s.next_at <= instant order by s.next_at limit 10 for update skip locked;
end $$;

create function ledger.settle_schedule(name text, period text, at timestamptz, next_period text, next_at timestamptz)
returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    update ledger.schedules s set settled_at = settle_schedule.at
    where s.name = settle_schedule.name and s.period = settle_schedule.period and s.settled_at is null;
    insert into ledger.schedules (name, period, next_at)
    values (settle_schedule.name, settle_schedule.next_period, settle_schedule.next_at) on conflict do nothing;
end $$;

-- What these units have in hand at an instant, of the cases these lanes may see: opened since the day began, open, due
-- before it ends, overdue. One definition for the digest and for whoever asks in between.
create function ledger.in_hand(
    units text[], lanes text[], at timestamptz, day_begins timestamptz, day_ends timestamptz
) returns table (new bigint, open bigint, due_today bigint, overdue bigint)
language plpgsql stable security definer set search_path = pg_catalog set enable_seqscan = off
as $$
#variable_conflict use_variable
begin
    return query
    select
        count(*) filter (where a.opened_at >= day_begins),
        count(*),
        count(*) filter (where a.due_at >= at and a.due_at < day_ends),
        count(*) filter (where a.due_at < at)
    from ledger.assignments a
    where a.handling_unit = any (units) and a.ended_at is null and a.state <> 'delivered'
        and a.role in ('lead', 'cooperating') and a.opened_at <= at
        and a.lane = any (lanes) and not a.barred_units && units;
end $$;

-- A digest for everybody who is responsible for something; who has nothing in hand is told nothing.
create function ledger.digests(at timestamptz, day_begins timestamptz, day_ends timestamptz)
returns table (
    person_id uuid, units text[], new bigint, open bigint, due_today bigint, overdue bigint
)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
begin
    perform ledger.require_writer(null);
    return query
    select r.person_id, r.units, h.new, h.open, h.due_today, h.overdue
    from identity.responsible_at(at) r, ledger.in_hand(r.units, r.lanes, at, day_begins, day_ends) h
    where h.open > 0
    order by r.person_id;
end $$;

-- The same for the person who asks, as of now.
create function ledger.digest_of(token_hash bytea, day_begins timestamptz, day_ends timestamptz)
returns table (at timestamptz, units text[], new bigint, open bigint, due_today bigint, overdue bigint)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_variable
declare
    asker record;
    instant constant timestamptz := clock.now();
begin
    select * into asker from identity.actor_of(token_hash);
    if not found then
        raise invalid_authorization_specification using message = 'unknown or expired token';
    end if;
    return query
    select instant, asker.units, h.new, h.open, h.due_today, h.overdue
    from ledger.in_hand(asker.units, asker.lanes, instant, day_begins, day_ends) h;
end $$;

-- Major matters, written in the transaction that opens the case; seen like the case itself.
create table ledger.major_matters (
    case_id uuid primary key,
    at timestamptz not null,
    lane text not null,
    barred_units text[] not null,
    units text[] not null
);
create index major_matters_by_time on ledger.major_matters (at desc);
alter table ledger.major_matters enable row level security;
create policy major_matters_of_my_units on ledger.major_matters for select to desk_api using (
    units && (select identity.current_units())
    and not barred_units && (select identity.current_units())
    and lane = any ((select identity.current_lanes())::text[]));
grant select on ledger.major_matters to desk_api, operator;
create policy major_matters_for_operators on ledger.major_matters for select to operator using (true);
grant select, insert on ledger.major_matters to ledger_definer;
-- What a leader reads beside them: steps that call for a leader's eye, newest first.
create index steps_for_leaders on ledger.steps (effective_at desc)
where step in ('letter', 'supervision', 'bulletin_proposal', 'interview_proposal', 'express', 'no_show');

-- Of a case just opened: the row of the feed, and the notice to whoever is told of major matters. The center sees those
-- of every lane it may see; which person sees which lane is decided when it is read.
create function ledger.raise_major(raised jsonb, bodies bytea[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog set timezone = 'UTC'
as $$
begin
    perform ledger.require_writer(null);
    insert into ledger.major_matters (case_id, at, lane, barred_units, units)
    select c.case_id, x.at, c.lane, c.barred_units, x.units
    from jsonb_to_recordset(raised) as x(case_id uuid, at timestamptz, units text[]) join ledger.cases c using (case_id)
    on conflict do nothing;
    perform ledger.issue_notice(x.notice_id, x.at, bodies[x.place::integer])
    from rows from (jsonb_to_recordset(raised) as (notice_id uuid, at timestamptz)) with ordinality
        as x(notice_id, at, place);
end $$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'ledger.begin_schedule(text, text, timestamptz)', 'ledger.schedules_owed()',
        'ledger.settle_schedule(text, text, timestamptz, text, timestamptz)',
        'ledger.in_hand(text[], text[], timestamptz, timestamptz, timestamptz)',
        'ledger.digests(timestamptz, timestamptz, timestamptz)', 'ledger.digest_of(bytea, timestamptz, timestamptz)',
        'ledger.raise_major(jsonb, bytea[])'
    ] loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.begin_schedule(text, text, timestamptz), ledger.schedules_owed(),
    ledger.settle_schedule(text, text, timestamptz, text, timestamptz),
    ledger.digests(timestamptz, timestamptz, timestamptz), ledger.raise_major(jsonb, bytea[])
to ledger_writer;
grant execute on function ledger.digest_of(bytea, timestamptz, timestamptz) to desk_api;
