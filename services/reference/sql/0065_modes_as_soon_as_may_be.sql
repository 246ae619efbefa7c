-- A switch without an instant is in force as soon as the law of publications allows (S1-19): 4 s after the lock is held.
-- A caller that names the instant loses time on its way here, and on a busy machine was refused for too little notice.
create or replace function reference.switch_mode(
    profile text, area text, switched_on boolean, active_from timestamptz, reason text, token_hash bytea
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    person constant uuid := reference.person_with(token_hash, array['center_leader']);
    notice constant interval := interval '4 seconds';
    shared reference.versions;
    noted timestamptz;
    begins timestamptz;
    number integer;
begin
    perform pg_advisory_xact_lock(7241, 1);
    noted := clock.now();
    begins := coalesce(switch_mode.active_from, noted + notice);
    if begins < noted + notice then
        raise exception using errcode = 'RV002',
            message = format('active_from %s is less than 4 s after now %s', begins, noted);
    end if;
    if reference.is_on(switch_mode.profile, switch_mode.area, begins) = switch_mode.switched_on then
        raise exception using errcode = 'RV005',
            message = format('%s is %s for %s already', switch_mode.profile,
                             case when switch_mode.switched_on then 'on' else 'off' end, switch_mode.area);
    end if;
    select * into shared from reference.versions v where v.version = reference.version_at(begins);
    if not found then
        raise exception using errcode = 'RV003', message = 'no reference version is published';
    end if;
    select max(v.version) + 1 into number from reference.versions v;
    insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
    values (number, begins, noted, shared.drafted_by, shared.approved_by, shared.content);
    insert into reference.mode_switches (version, profile, area, switched_on, person, at, reason)
    values (number, switch_mode.profile, switch_mode.area, switch_mode.switched_on, person, noted, switch_mode.reason);
    return number;
end
$$;
