-- Publishing needs two persons: one drafts, another approves. Who they are is looked up from their tokens, here.
-- RV001 the drafter approves, RV002 too close to active_from, RV003 no such draft or published already.
grant create on schema reference to reference_definer;
grant usage on schema identity, clock to reference_definer;
grant execute on function identity.actor_of(bytea), clock.now() to reference_definer;

create function reference.person_with(token_hash bytea, wanted text[]) returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
declare
    actor record;
begin
    select a.person_id, a.roles into actor from identity.actor_of(token_hash) a;
    if actor.person_id is null or not actor.roles && wanted then
        raise insufficient_privilege using message = format('needs a person with role %s', array_to_string(wanted, ' or '));
    end if;
    return actor.person_id;
end
$$;

create function reference.draft(content bytea, note text, token_hash bytea) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['rule_owner']);
    id bigint;
begin
    insert into reference.drafts (drafted_by, drafted_at, note, content)
    values (person, clock.now(), draft.note, draft.content)
    returning draft_id into id;
    return id;
end
$$;

-- Openings hold the lock shared (ledger): no case is opened between this publication's number and its commit. A copy
-- read 3 s before a report was accepted must know every version in force by then, hence at least 4 s of notice; the
-- first version of a district needs none, for nothing was accepted before it.
create function reference.publish(draft_id bigint, active_from timestamptz, token_hash bytea) returns integer
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
    if not found or drafted.published_as is not null then
        raise exception using errcode = 'RV003', message = format('draft %s does not exist or is published', publish.draft_id);
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
    return number;
end
$$;

alter function reference.person_with(bytea, text[]) owner to reference_definer;
alter function reference.draft(bytea, text, bytea) owner to reference_definer;
alter function reference.publish(bigint, timestamptz, bytea) owner to reference_definer;
revoke create on schema reference from reference_definer;

revoke all on all functions in schema reference from public;
grant execute on function reference.version_at(timestamptz)
to intake_api, router, ledger_writer, desk_api, board_reader, notify, reconciler, operator, ledger_definer,
    intake_definer, reference_definer;
grant execute on function reference.draft(bytea, text, bytea), reference.publish(bigint, timestamptz, bytea)
to desk_api, operator;
