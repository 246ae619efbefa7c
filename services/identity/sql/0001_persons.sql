-- Persons, dated roles and tokens. Nobody but the migrator reads these tables; the functions of 0002 and 0003 answer
-- for them. A token is stored as its SHA-256 only (security: a stolen dump lets nobody in).
create schema identity;
revoke all on schema identity from public;

create table identity.persons (
    person_id uuid primary key,
    name text not null check (char_length(name) between 1 and 100),
    added_at timestamptz not null
);

-- One row per role a person has in a unit. `lane` opens one sensitive lane to that role; every role sees 'ordinary'.
create table identity.roles (
    role_id bigint generated always as identity primary key,
    person_id uuid not null references identity.persons,
    unit text not null check (char_length(unit) between 1 and 100),
    role text not null check (role in (
        'clerk', 'unit_head', 'subdistrict_officer', 'subdistrict_coordinator', 'community_officer', 'grid_worker',
        'center_operator', 'center_leader', 'rule_owner', 'operator', 'inspector'
    )),
    lane text not null default 'ordinary' check (lane in ('ordinary', 'stability', 'drugs', 'petition', 'discipline')),
    valid_from timestamptz not null,
    valid_to timestamptz not null default 'infinity',
    check (valid_from <= valid_to),
    unique (person_id, unit, role, lane, valid_from)
);

create table identity.tokens (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    prefix text not null unique check (prefix ~ '^[a-z2-7]{8}$'),
    person_id uuid not null references identity.persons,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    check (issued_at < expires_at)
);
create index tokens_of_a_person on identity.tokens (person_id);

grant usage, create on schema identity to identity_definer;
grant usage on schema clock to identity_definer;
grant execute on function clock.now() to identity_definer;
grant select, insert on identity.persons, identity.roles, identity.tokens to identity_definer;
grant update (name) on identity.persons to identity_definer;
grant update (valid_to) on identity.roles to identity_definer;
grant update (revoked_at) on identity.tokens to identity_definer;
grant usage on schema identity
to intake_api, desk_api, board_reader, ledger_writer, ledger_definer, intake_definer, vault_definer, operator;
