-- Emergency modes (S1-19): a profile of the published content is switched on or off by one authorised person, for the
-- district or one subdistrict. A switch is a further version that shares the rest with the one in force.
-- RV005 the mode is as asked already.
create table reference.mode_switches (
    version integer primary key references reference.versions,
    profile text not null check (char_length(profile) between 1 and 64),
    area text not null check (char_length(area) between 1 and 64),
    switched_on boolean not null,
    person uuid not null,
    at timestamptz not null,
    reason text not null check (char_length(reason) between 2 and 2000)
);

-- Whether a profile is on for an area at an instant: the last switch by then says so. What is published for a later
-- instant finds modes as they are then, not as they were when it was drafted.
create function reference.is_on(profile text, area text, at timestamptz) returns boolean
language sql stable
as $$
    select coalesce((
        select s.switched_on from reference.mode_switches s join reference.versions v using (version)
        where s.profile = $1 and s.area = $2 and v.active_from <= $3
        order by v.active_from desc, v.version desc limit 1), false)
$$;

create function reference.switch_mode(
    profile text, area text, switched_on boolean, active_from timestamptz, reason text, token_hash bytea
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['center_leader']);
    shared reference.versions;
    noted timestamptz;
    number integer;
begin
    perform pg_advisory_xact_lock(7241, 1);
    noted := clock.now();
    if switch_mode.active_from < noted + interval '4 seconds' then
        raise exception using errcode = 'RV002',
            message = format('active_from %s is less than 4 s after now %s', switch_mode.active_from, noted);
    end if;
    if reference.is_on(switch_mode.profile, switch_mode.area, switch_mode.active_from) = switch_mode.switched_on then
        raise exception using errcode = 'RV005',
            message = format('%s is %s for %s already', switch_mode.profile,
                             case when switch_mode.switched_on then 'on' else 'off' end, switch_mode.area);
    end if;
    select * into shared from reference.versions v
    where v.version = reference.version_at(switch_mode.active_from);
    if not found then
        raise exception using errcode = 'RV003', message = 'no reference version is published';
    end if;
    select max(v.version) + 1 into number from reference.versions v;
    insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
    values (number, switch_mode.active_from, noted, shared.drafted_by, shared.approved_by, shared.content);
    insert into reference.mode_switches (version, profile, area, switched_on, person, at, reason)
    values (number, switch_mode.profile, switch_mode.area, switch_mode.switched_on, person, noted, switch_mode.reason);
    return number;
end
$$;

grant create on schema reference to reference_definer;
alter function reference.switch_mode(text, text, boolean, timestamptz, text, bytea) owner to reference_definer;
revoke create on schema reference from reference_definer;
grant select, insert on reference.mode_switches to reference_definer;
grant select on reference.mode_switches to intake_api, router, ledger_writer, desk_api, board_reader, notify, reconciler,
    operator, ledger_definer, intake_definer;
revoke all on function reference.is_on(text, text, timestamptz),
    reference.switch_mode(text, text, boolean, timestamptz, text, bytea) from public;
grant execute on function reference.is_on(text, text, timestamptz) to reference_definer, desk_api, operator;
grant execute on function reference.switch_mode(text, text, boolean, timestamptz, text, bytea) to desk_api, operator;
