-- The rules page: drafts that are withdrawn, uploads that were refused, replays under way, and who did what with rules.
-- RV011 too many open drafts, RV010 somebody replays this draft now.
grant create on schema reference to reference_definer;

alter table reference.drafts
    add column withdrawn_at timestamptz,
    add column withdrawn_by uuid,
    add constraint withdrawn_or_published check (withdrawn_at is null or published_as is null);
create index drafts_open on reference.drafts (draft_id) where published_as is null and withdrawn_at is null;

-- Inserted with each act, changed by nobody.
create table reference.acts (
    act_id bigint generated always as identity primary key,
    at timestamptz not null,
    person uuid not null,
    act text not null check (act in ('refused', 'drafted', 'withdrawn', 'replayed', 'published')),
    draft_id bigint references reference.drafts,
    version integer references reference.versions,
    note text not null default '' check (char_length(note) <= 2000)
);

-- The last upload of a person that was refused, with what was wrong; the next upload takes its place.
create table reference.refused_uploads (
    person uuid primary key,
    at timestamptz not null,
    total integer not null check (total > 0),
    refusals jsonb not null check (jsonb_array_length(refusals) between 1 and 500)
);
create table reference.refused_sheets (
    person uuid not null references reference.refused_uploads on delete cascade,
    name text not null check (char_length(name) between 1 and 64),
    workbook bytea not null check (octet_length(workbook) <= 33554432),
    primary key (person, name)
);
alter table reference.refused_sheets alter column workbook set storage external;

-- Past cases decided by a draft. `run` is whose word counts: a run that was given up must not overwrite the next one.
create table reference.replays (
    draft_id bigint not null references reference.drafts,
    against integer not null references reference.versions,
    run uuid not null,
    begun_by uuid not null,
    begun_at timestamptz not null,
    told_at timestamptz not null,
    asked integer not null check (asked between 1 and 1000000),
    decided integer not null default 0,
    ended text check (ended in ('done', 'too_long', 'failed')),
    result jsonb,
    primary key (draft_id, against)
);

create function reference.note_act(act text, person uuid, draft_id bigint, version integer, note text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    insert into reference.acts (at, person, act, draft_id, version, note)
    values (clock.now(), $2, $1, $3, $4, left($5, 2000))
$$;

create or replace function reference.draft(content bytea, note text, token_hash bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner']);
    id bigint;
begin
    if (select count(*) from reference.drafts d where d.published_as is null and d.withdrawn_at is null) >= 100 then
        raise exception using errcode = 'RV011', message = 'there are 100 open drafts; withdraw what is not needed';
    end if;
    insert into reference.drafts (drafted_by, drafted_at, note, content)
    values (person, clock.now(), draft.note, draft.content)
    returning draft_id into id;
    perform reference.note_act('drafted', person, id, null, draft.note);
    return id;
end
$$;

create or replace function reference.publish(draft_id bigint, active_from timestamptz, token_hash bytea) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner', 'center_leader']);
    drafted reference.drafts;
    noted timestamptz;
    number integer;
begin
    perform pg_advisory_xact_lock(7241, 1);
    select * into drafted from reference.drafts d where d.draft_id = publish.draft_id for update;
    if not found or drafted.published_as is not null or drafted.withdrawn_at is not null then
        raise exception using errcode = 'RV003',
            message = format('draft %s does not exist, is published, or was withdrawn', publish.draft_id);
    end if;
    if drafted.drafted_by = person then
        raise exception using errcode = 'RV001', message = 'who drafted a version cannot approve it';
    end if;
    noted := clock.now();
    select coalesce(max(v.version), 0) + 1 into number from reference.versions v;
    if number > 1 and publish.active_from < noted + interval '4 seconds' then
        raise exception using errcode = 'RV002',
            message = format('active_from %s is less than 4 s after now %s', publish.active_from, noted);
    end if;
    insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
    values (number, publish.active_from, noted, drafted.drafted_by, person, drafted.content);
    update reference.drafts d set published_as = number where d.draft_id = publish.draft_id;
    perform reference.note_act('published', person, publish.draft_id, number, drafted.note);
    return number;
end
$$;

create function reference.withdraw_draft(draft_id bigint, token_hash bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner']);
begin
    update reference.drafts d set withdrawn_at = clock.now(), withdrawn_by = person
    where d.draft_id = withdraw_draft.draft_id and d.published_as is null and d.withdrawn_at is null;
    if not found then
        raise exception using errcode = 'RV003', message = format('draft %s is not open', withdraw_draft.draft_id);
    end if;
    perform reference.note_act('withdrawn', person, withdraw_draft.draft_id, null, '');
    return withdraw_draft.draft_id;
end
$$;

create function reference.keep_refused(
    total integer, refusals jsonb, names text[], workbooks bytea[], token_hash bytea
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    owner constant uuid := reference.person_with(token_hash, array['rule_owner']);
begin
    delete from reference.refused_uploads u where u.person = owner;
    insert into reference.refused_uploads (person, at, total, refusals)
    values (owner, clock.now(), keep_refused.total, keep_refused.refusals);
    insert into reference.refused_sheets (person, name, workbook)
    select owner, s.name, s.workbook from unnest(names, workbooks) s (name, workbook);
    perform reference.note_act('refused', owner, null, null, format('%s refusals', keep_refused.total));
    return keep_refused.total;
end
$$;

create function reference.forget_refused(token_hash bytea) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    owner constant uuid := reference.person_with(token_hash, array['rule_owner']);
    forgotten integer;
begin
    delete from reference.refused_uploads u where u.person = owner;
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;

-- One replay of a draft against a version at a time; one that nobody has told anything about for 10 s was given up.
-- Leases run on the real clock.
create function reference.begin_replay(
    draft_id bigint, against integer, asked integer, run uuid, token_hash bytea
) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner', 'center_leader']);
begin
    insert into reference.replays as r (draft_id, against, run, begun_by, begun_at, told_at, asked)
    values (begin_replay.draft_id, begin_replay.against, begin_replay.run, person, clock.now(), clock_timestamp(),
            begin_replay.asked)
    on conflict on constraint replays_pkey do update
    set run = excluded.run, begun_by = excluded.begun_by, begun_at = excluded.begun_at, told_at = excluded.told_at,
        asked = excluded.asked, decided = 0, ended = null, result = null
    where r.ended is not null or r.told_at < clock_timestamp() - interval '10 seconds';
    if not found then
        raise exception using errcode = 'RV010', message = 'this draft is being replayed now';
    end if;
    perform reference.note_act('replayed', person, begin_replay.draft_id, begin_replay.against, '');
    return begin_replay.run;
end
$$;

create function reference.tell_replay(run uuid, decided integer, ended text, result jsonb) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update reference.replays r
    set decided = tell_replay.decided, ended = tell_replay.ended, result = tell_replay.result,
        told_at = clock_timestamp()
    where r.run = tell_replay.run and r.ended is null;
    return found;
end
$$;

do $$
declare
    signature text;
begin
    foreach signature in array array[
        'reference.note_act(text, uuid, bigint, integer, text)',
        'reference.withdraw_draft(bigint, bytea)',
        'reference.keep_refused(integer, jsonb, text[], bytea[], bytea)',
        'reference.forget_refused(bytea)',
        'reference.begin_replay(bigint, integer, integer, uuid, bytea)',
        'reference.tell_replay(uuid, integer, text, jsonb)'
    ] loop
        execute format('alter function %s owner to reference_definer', signature);
        execute format('revoke all on function %s from public', signature);
    end loop;
end $$;
revoke create on schema reference from reference_definer;

grant select, update (withdrawn_at, withdrawn_by) on reference.drafts to reference_definer;
grant select, insert on reference.acts to reference_definer;
grant select, insert, delete on reference.refused_uploads, reference.refused_sheets to reference_definer;
grant select, insert, update on reference.replays to reference_definer;
grant select on reference.acts, reference.refused_uploads, reference.refused_sheets, reference.replays
to desk_api, operator;
grant execute on function reference.withdraw_draft(bigint, bytea),
    reference.keep_refused(integer, jsonb, text[], bytea[], bytea), reference.forget_refused(bytea),
    reference.begin_replay(bigint, integer, integer, uuid, bytea),
    reference.tell_replay(uuid, integer, text, jsonb) to desk_api, operator;
