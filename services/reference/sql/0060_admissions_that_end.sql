-- An admission that is withdrawn ends for the router at one instant (S0-10): the withdrawal is a further version that
-- shares the content of the one in force, as a mode switch is. Whatever is in force later finds it ended, drafted when it
-- may be. Openings hold the lock shared, hence the same notice as for a publication.
create table reference.admission_ends (
    version integer primary key references reference.versions,
    admission_id text not null references reference.admissions,
    ends_on date not null
);

drop function reference.withdraw_admission(text, date, text, bytea);

-- From `ends_on` on, no earlier than today, nothing new goes down under it; what went down before stays where it is.
-- Returns the version that says so; none before a district's first version.
create function reference.withdraw_admission(
    admission_id text, ends_on date, active_from timestamptz, reason text, token_hash bytea
) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person constant uuid := reference.head_of(token_hash, 'party_building_office');
    ends constant date := greatest(withdraw_admission.ends_on, reference.today());
    shared reference.versions;
    noted timestamptz;
    number integer;
begin
    perform pg_advisory_xact_lock(7241, 1);
    update reference.admissions a
    set state = 'withdrawn', valid_to = least(ends, a.valid_to), reason = withdraw_admission.reason
    where a.admission_id = withdraw_admission.admission_id and a.state = 'approved';
    if not found then
        raise exception using errcode = 'RV007',
            message = format('admission %s does not exist or is not approved', withdraw_admission.admission_id);
    end if;
    noted := clock.now();
    insert into reference.admission_history (admission_id, at, person, state, reason)
    values (withdraw_admission.admission_id, noted, person, 'withdrawn', withdraw_admission.reason);
    select * into shared from reference.versions v
    where v.version = reference.version_at(withdraw_admission.active_from);
    if not found then
        return null;
    end if;
    if withdraw_admission.active_from < noted + interval '4 seconds' then
        raise exception using errcode = 'RV002',
            message = format('active_from %s is less than 4 s after now %s', withdraw_admission.active_from, noted);
    end if;
    select max(v.version) + 1 into number from reference.versions v;
    insert into reference.versions (version, active_from, published_at, drafted_by, approved_by, content)
    values (number, withdraw_admission.active_from, noted, shared.drafted_by, shared.approved_by, shared.content);
    insert into reference.admission_ends (version, admission_id, ends_on)
    values (number, withdraw_admission.admission_id, ends);
    return number;
end
$$;

grant create on schema reference to reference_definer;
alter function reference.withdraw_admission(text, date, timestamptz, text, bytea) owner to reference_definer;
revoke create on schema reference from reference_definer;
grant select, insert on reference.admission_ends to reference_definer;
grant select on reference.admission_ends to intake_api, router, ledger_writer, desk_api, board_reader, notify, reconciler,
    operator, ledger_definer, intake_definer;
revoke all on function reference.withdraw_admission(text, date, timestamptz, text, bytea) from public;
grant execute on function reference.withdraw_admission(text, date, timestamptz, text, bytea) to desk_api, operator;
