-- Reports about one thing (S4-03): what was compared, what was found alike, and what a person said of it. Written behind
-- the route of a case by the ledger's own process; an opening writes nothing here.
create table ledger.compared (
    case_id uuid primary key,
    community text not null,
    item text not null,
    accepted_at timestamptz not null,
    -- Place and words, as they are compared.
    look text not null check (octet_length(look) < 8000)
);
create index compared_near on ledger.compared (community, item, accepted_at);
create index compared_by_time on ledger.compared using brin (accepted_at);

create table ledger.likenesses (
    case_id uuid not null,
    other uuid not null,
    share real not null check (share between 0 and 1),
    verdict text not null check (verdict in ('merge', 'propose', 'apart')),
    found_at timestamptz not null,
    -- When the merge was carried out or given up, or a person said that they are two things.
    settled_at timestamptz,
    person uuid,
    primary key (case_id, other),
    constraint nothing_is_like_itself check (case_id <> other)
);
create index likenesses_to_merge on ledger.likenesses (found_at) where verdict = 'merge' and settled_at is null;
create index likenesses_of_the_other on ledger.likenesses (other);

-- How far the comparison has come, and which items the policy in force compares.
create table ledger.comparing (
    one boolean primary key default true check (one),
    up_to timestamptz not null default '-infinity',
    items text[] not null default '{}',
    window_hours integer not null default 72
);
insert into ledger.comparing default values;

-- Merged cases that the case which went on for them has not ended with yet.
create index cases_merged on ledger.cases (duplicate_of) where duplicate_of is not null and closed_at is null;

-- S1-08: due_at is not null from the first migration; an instant that never comes is none either.
alter table ledger.assignments add constraint every_part_has_a_due_time check (isfinite(due_at)) not valid;
alter table ledger.assignments validate constraint every_part_has_a_due_time;

grant select, insert, update, delete on ledger.compared, ledger.likenesses, ledger.comparing to ledger_definer;

-- Cases opened since the comparison last looked and not compared yet. Openings commit out of order, so the last seconds
-- are looked at again: what was compared is told by its row.
create function ledger.uncompared(at_most integer)
returns table (case_id uuid, opened_at timestamptz, accepted_at timestamptz, item text, decision text)
language plpgsql stable security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    state ledger.comparing;
begin
    perform ledger.require_writer(null);
    select * into state from ledger.comparing;
    if state.items = '{}' then
        return;
    end if;
    return query
    select c.case_id, f.at, c.accepted_at, c.item, c.decision::text
    from ledger.facts f join ledger.cases c using (case_id)
    where f.at >= state.up_to - interval '5 seconds' and f.version = 1 and f.topic = 'case.progressed.v1'
      and c.lane = 'ordinary' and c.item = any (state.items) and c.closed_at is null and c.duplicate_of is null
      and not exists (select from ledger.compared k where k.case_id = f.case_id)
    order by f.at limit at_most;
end $$;

-- Keep what is compared of these cases, and give for each the newest earlier ones of its community and item.
create function ledger.compare(
    ids uuid[], communities text[], items text[], accepted_ats timestamptz[], looks text[], nearest integer
) returns table (nth bigint, case_id uuid, accepted_at timestamptz, look text)
language plpgsql volatile security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    back interval := (select make_interval(hours => window_hours) from ledger.comparing);
begin
    perform ledger.require_writer(null);
    insert into ledger.compared (case_id, community, item, accepted_at, look)
    select * from unnest(ids, communities, items, accepted_ats, looks) on conflict do nothing;
    return query
    select n.nth, k.case_id, k.accepted_at, k.look
    from unnest(ids, communities, items, accepted_ats) with ordinality as n(case_id, community, item, accepted_at, nth)
    cross join lateral (
        select e.case_id, e.accepted_at, e.look from ledger.compared e
        where e.community = n.community and e.item = n.item and e.community <> ''
          and e.accepted_at between n.accepted_at - back and n.accepted_at
          and (e.accepted_at, e.case_id) < (n.accepted_at, n.case_id)
        order by e.accepted_at desc limit nearest
    ) k;
end $$;

-- Keep what was found alike, each pair once; a merged case stands for the one that goes on for it, an ended one for none.
create function ledger.keep_likenesses(ids uuid[], others uuid[], shares real[], verdicts text[], at timestamptz)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    kept integer;
begin
    perform ledger.require_writer(null);
    insert into ledger.likenesses (case_id, other, share, verdict, found_at)
    select distinct on (x.case_id, s.case_id) x.case_id, s.case_id, x.share, x.verdict, keep_likenesses.at
    from unnest(ids, others, shares, verdicts) as x(case_id, other, share, verdict)
    join ledger.cases o on o.case_id = x.other
    join ledger.cases s on s.case_id = coalesce(o.duplicate_of, o.case_id) and s.closed_at is null
    where s.case_id <> x.case_id
    order by x.case_id, s.case_id, x.share desc
    on conflict (case_id, other) do nothing;
    get diagnostics kept = row_count;
    return kept;
end $$;

create function ledger.compared_up_to(instant timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    update ledger.comparing set up_to = instant where up_to < instant;
end $$;

-- The items the policy in force compares; what is older than its window is forgotten.
create function ledger.compare_items(compared text[], hours integer, now_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    -- A first policy compares what comes from now on, not everything that ever came.
    update ledger.comparing c set items = compared, window_hours = hours,
        up_to = case when c.items = '{}' then now_at else c.up_to end
    where (c.items, c.window_hours) is distinct from (compared, hours);
    delete from ledger.compared k where k.accepted_at < now_at - make_interval(hours => hours) - interval '1 day';
end $$;

-- The pairs to be merged, the eldest cases first; `survivor` is the one that goes on for the other by now.
create function ledger.to_merge(at_most integer) returns table (case_id uuid, other uuid, survivor uuid)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    perform ledger.require_writer(null);
    return query
    select m.case_id, m.other, coalesce(o.duplicate_of, o.case_id)
    from (
        select l.case_id, l.other, l.found_at from ledger.likenesses l
        where l.verdict = 'merge' and l.settled_at is null order by l.found_at limit at_most
    ) m join ledger.cases c on c.case_id = m.case_id join ledger.cases o on o.case_id = m.other
    order by c.accepted_at, c.case_id;
end $$;

-- What became of a pair: merged, or proposed to people with the case that goes on.
create function ledger.settle_likeness(one uuid, another uuid, survivor uuid, said text, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    update ledger.likenesses l set verdict = said, settled_at = case when said = 'merge' then settle_likeness.at end
    where l.case_id = one and l.other = another and l.settled_at is null;
    if said = 'propose' and survivor not in (one, another) then
        insert into ledger.likenesses (case_id, other, share, verdict, found_at)
        select one, survivor, l.share, said, settle_likeness.at from ledger.likenesses l
        where l.case_id = one and l.other = another on conflict (case_id, other) do nothing;
    end if;
end $$;

create function ledger.to_close_together(at_most integer) returns table (case_id uuid, survivor uuid)
language plpgsql stable security definer set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    perform ledger.require_writer(null);
    return query
    select c.case_id, c.duplicate_of from ledger.cases c join ledger.cases s on s.case_id = c.duplicate_of
    where c.duplicate_of is not null and c.closed_at is null and s.closed_at is not null limit at_most;
end $$;

create function ledger.survivors_of(case_ids uuid[]) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    perform ledger.require_writer(null);
    return query
    select distinct c.duplicate_of from ledger.cases c where c.case_id = any (case_ids) and c.duplicate_of is not null;
end $$;

-- Whether the comparison has anything left to do: a simulated city waits for it.
create function ledger.comparison_is_owed() returns boolean
language plpgsql stable security definer set search_path = pg_catalog
as $$
begin
    return exists (select from ledger.uncompared(1)) or exists (select from ledger.to_merge(1))
        or exists (select from ledger.to_close_together(1));
end $$;

-- A person of a case's units says that it is not about the same thing as another one. False: not theirs, or not proposed.
create function ledger.keep_apart(case_id uuid, other uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    if not (ledger.sees($1) and ledger.sees($2)) then
        return false;
    end if;
    update ledger.likenesses l set verdict = 'apart', settled_at = clock.now(), person = identity.current_person()
    where l.settled_at is null and l.verdict = 'propose'
      and ((l.case_id, l.other) = ($1, $2) or (l.case_id, l.other) = ($2, $1));
    return found;
end $$;

do $$
declare
    signature text;
begin
    for signature in
        select oid::regprocedure::text from pg_proc
        where pronamespace = 'ledger'::regnamespace and proname in (
            'uncompared', 'compare', 'keep_likenesses', 'compared_up_to', 'compare_items', 'to_merge', 'settle_likeness',
            'to_close_together', 'survivors_of', 'comparison_is_owed', 'keep_apart')
    loop
        execute format('alter function %s owner to ledger_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
grant execute on function ledger.uncompared(integer),
    ledger.compare(uuid[], text[], text[], timestamptz[], text[], integer),
    ledger.keep_likenesses(uuid[], uuid[], real[], text[], timestamptz), ledger.compared_up_to(timestamptz),
    ledger.compare_items(text[], integer, timestamptz), ledger.to_merge(integer),
    ledger.settle_likeness(uuid, uuid, uuid, text, timestamptz), ledger.to_close_together(integer), ledger.survivors_of(uuid[])
    to ledger_writer;
grant execute on function ledger.keep_apart(uuid, uuid) to desk_api;

alter table ledger.likenesses enable row level security;
create policy likenesses_of_my_cases on ledger.likenesses for select to desk_api using (
    exists (select from ledger.cases c where c.case_id = likenesses.case_id)
    and exists (select from ledger.cases c where c.case_id = likenesses.other));
grant select on ledger.likenesses to desk_api, operator;
create policy likenesses_for_operators on ledger.likenesses for select to operator using (true);
