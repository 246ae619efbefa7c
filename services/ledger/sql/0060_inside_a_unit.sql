-- What happens inside a unit beside the case's life: who has it here, notes for colleagues, pictures of the work. None
-- of it changes the case, so none of it is a fact; only the unit's own people see who and what was noted.

create table ledger.holders (
    case_id uuid not null references ledger.cases,
    unit text not null,
    person_id uuid not null,
    since timestamptz not null,
    primary key (case_id, unit)
);
create index holders_of_a_person on ledger.holders (person_id, case_id);

create table ledger.unit_notes (
    note_id uuid primary key default gen_random_uuid(),
    case_id uuid not null references ledger.cases,
    unit text not null,
    person_id uuid not null,
    at timestamptz not null,
    text text not null check (char_length(text) between 1 and 2000)
);
create index unit_notes_of_a_case on ledger.unit_notes (case_id, unit, at);

-- Pictures of the work; the bytes lie under their digest in the object store. `about` names the act they came with.
create table ledger.attachments (
    attachment_id uuid primary key,
    case_id uuid not null references ledger.cases,
    unit text not null,
    person_id uuid not null,
    about text not null check (char_length(about) between 1 and 40),
    at timestamptz not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    media_type text not null,
    bytes integer not null check (bytes > 0),
    width integer not null check (width > 0),
    height integer not null check (height > 0)
);
create index attachments_of_a_case on ledger.attachments (case_id, at);

alter table ledger.holders enable row level security;
alter table ledger.unit_notes enable row level security;
alter table ledger.attachments enable row level security;
create policy holders_of_my_units on ledger.holders for select to desk_api using (
    unit = any ((select identity.current_units())::text[])
    and exists (select from ledger.cases c where c.case_id = holders.case_id));
create policy notes_of_my_units on ledger.unit_notes for select to desk_api using (
    unit = any ((select identity.current_units())::text[])
    and exists (select from ledger.cases c where c.case_id = unit_notes.case_id));
create policy attachments_with_their_case on ledger.attachments for select to desk_api using (
    exists (select from ledger.cases c where c.case_id = attachments.case_id));
grant select on ledger.holders, ledger.unit_notes, ledger.attachments to desk_api, operator;
create policy holders_for_operators on ledger.holders for select to operator using (true);

grant select, insert, update, delete on ledger.holders to ledger_definer;
grant select, insert on ledger.unit_notes, ledger.attachments to ledger_definer;
grant execute on function identity.current_person(), identity.current_units(), identity.current_lanes()
to ledger_definer;

-- Whether the transaction's person may see the case: the policy's own words, for functions that write past policies.
create function ledger.sees(case_id uuid) returns boolean
language sql stable security definer set search_path = pg_catalog
as $$
    select exists (
        select from ledger.cases c
        where c.case_id = $1 and c.units && identity.current_units()
            and not c.barred_units && identity.current_units() and c.lane = any (identity.current_lanes()))
$$;

-- A case is given to a colleague of the same unit, or taken on. False when it is not theirs to give.
create function ledger.hold(case_id uuid, unit text, person_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    if not ($2 = any (identity.current_units()) and ledger.sees($1)
            and exists (select from identity.colleagues() c where c.person_id = $3 and c.unit = $2)) then
        return false;
    end if;
    insert into ledger.holders (case_id, unit, person_id, since) values ($1, $2, $3, clock.now())
    on conflict on constraint holders_pkey do update set person_id = excluded.person_id, since = excluded.since
    where ledger.holders.person_id <> excluded.person_id;
    return true;
end
$$;

create function ledger.note_in_unit(case_id uuid, unit text, text text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    if not ($2 = any (identity.current_units()) and ledger.sees($1)) then
        return false;
    end if;
    insert into ledger.unit_notes (case_id, unit, person_id, at, text)
    values ($1, $2, identity.current_person(), clock.now(), $3);
    return true;
end
$$;

create function ledger.attach(
    attachment_id uuid, case_id uuid, unit text, about text, sha256 bytea, bytes integer, width integer, height integer
) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog
as $$
begin
    if not ($3 = any (identity.current_units()) and ledger.sees($2)) then
        return false;
    end if;
    if (select count(*) from ledger.attachments a where a.case_id = $2) >= 60 then
        raise program_limit_exceeded using message = 'a case has at most 60 pictures';
    end if;
    insert into ledger.attachments
        (attachment_id, case_id, unit, person_id, about, at, sha256, media_type, bytes, width, height)
    values ($1, $2, $3, identity.current_person(), $4, clock.now(), $5, 'image/jpeg', $6, $7, $8)
    on conflict on constraint attachments_pkey do nothing;
    return true;
end
$$;

-- Everything a person has goes to a colleague: somebody leaves. By the operator's command line. Returns how many.
create function ledger.hand_over_work(from_person uuid, to_person uuid, unit text) returns integer
language sql volatile security definer set search_path = pg_catalog
as $$
    with moved as (
        update ledger.holders h set person_id = $2, since = clock.now()
        from ledger.cases c
        where h.person_id = $1 and h.unit = $3 and c.case_id = h.case_id and c.closed_at is null
        returning 1
    )
    select count(*)::integer from moved
$$;

grant create on schema ledger to ledger_definer;
grant execute on function identity.colleagues() to ledger_definer;
alter function ledger.sees(uuid) owner to ledger_definer;
alter function ledger.hold(uuid, text, uuid) owner to ledger_definer;
alter function ledger.note_in_unit(uuid, text, text) owner to ledger_definer;
alter function ledger.attach(uuid, uuid, text, text, bytea, integer, integer, integer) owner to ledger_definer;
alter function ledger.hand_over_work(uuid, uuid, text) owner to ledger_definer;
revoke all on function
ledger.sees(uuid), ledger.hold(uuid, text, uuid), ledger.note_in_unit(uuid, text, text),
ledger.attach(uuid, uuid, text, text, bytea, integer, integer, integer), ledger.hand_over_work(uuid, uuid, text)
from public;
grant execute on function
ledger.hold(uuid, text, uuid), ledger.note_in_unit(uuid, text, text),
ledger.attach(uuid, uuid, text, text, bytea, integer, integer, integer)
to desk_api;
grant execute on function ledger.hand_over_work(uuid, uuid, text) to operator;
