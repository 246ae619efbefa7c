-- Personal data: contacts and raw text, sealed before they come here (AES-GCM under a key of the report's own, which is
-- wrapped by the key file's current key). Who reads this schema without the key file reads nothing.
create schema vault;
revoke all on schema vault from public;

create table vault.contacts (
    report_id uuid primary key,
    key_id text not null,
    wrapped_key bytea not null,
    sealed bytea not null,
    -- HMAC of the phone's last four digits: enough to compare with, too little to read. Null without a phone.
    tail_mac bytea
);

-- Text as it was written, where it differs from what travels. `text_id` is the report or the follow-up.
create table vault.raw_texts (
    text_id uuid primary key,
    report_id uuid not null,
    key_id text not null,
    wrapped_key bytea not null,
    sealed bytea not null
);
create index raw_texts_of_followups on vault.raw_texts (report_id) where text_id <> report_id;

-- Every look into the vault. Append-only: no role may change or delete a row.
create table vault.audit (
    audit_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    report_id uuid not null,
    person_id uuid,
    process text not null,
    purpose text not null check (char_length(purpose) between 1 and 500)
);
create index audit_of_a_report on vault.audit (report_id);

alter table vault.contacts enable row level security;
alter table vault.raw_texts enable row level security;
alter table vault.audit enable row level security;

-- The sealed parts of one report, and the audit row that says who looked and why, in one transaction. A person sees a
-- report only in a lane of theirs and never one that accuses their unit; notify, which answers reporters, has no person.
create function vault.reveal(report_id uuid, purpose text)
returns table (text_id uuid, what text, key_id text, wrapped_key bytea, sealed bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person constant uuid := identity.current_person();
begin
    if session_user <> 'notify' and (person is null or not exists (
        select from intake.reports r
        where r.report_id = $1 and r.lane = any(identity.current_lanes())
            and not r.barred_units && identity.current_units()
    )) then
        raise insufficient_privilege using message = 'this report is not yours to reveal';
    end if;
    insert into vault.audit (report_id, person_id, process, purpose) values ($1, person, session_user, $2);
    return query
    select c.report_id, 'contact'::text, c.key_id, c.wrapped_key, c.sealed from vault.contacts c where c.report_id = $1
    union all
    select t.text_id, 'text'::text, t.key_id, t.wrapped_key, t.sealed
    from vault.raw_texts t
    where t.text_id = $1 or (t.report_id = $1 and t.text_id <> t.report_id);
end
$$;

grant usage, create on schema vault to vault_definer;
grant usage on schema intake to vault_definer;
grant select on vault.contacts, vault.raw_texts, intake.reports to vault_definer;
grant insert on vault.audit to vault_definer;
grant execute on function identity.current_person(), identity.current_units(), identity.current_lanes() to vault_definer;
alter function vault.reveal(uuid, text) owner to vault_definer;
revoke create on schema vault from vault_definer;
revoke all on all functions in schema vault from public;
