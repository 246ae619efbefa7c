-- One login role per process; none owns a table, none sees past row-level security. Roles live in the whole server, so
-- every line here may find its work done: a server prepared by others (deploy/postgres/roles.sql) needs nothing more.
do $$
declare
    name text;
    missing text[] := '{}';
    may_create constant boolean := (select rolsuper from pg_catalog.pg_roles where rolname = current_user);
begin
    foreach name in array array[
        'migrator', 'intake_api', 'intake_relay', 'router', 'ledger_writer', 'desk_api',
        'board_reader', 'notify', 'reconciler', 'operator'
    ] loop
        continue when exists (select from pg_catalog.pg_roles where rolname = name);
        if may_create then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls', name);
        else
            missing := missing || name;
        end if;
    end loop;

    if not exists (select from pg_catalog.pg_roles where rolname = 'ledger_definer') then
        if may_create then
            create role ledger_definer nologin bypassrls;
        else
            missing := missing || 'ledger_definer'::text;
        end if;
    end if;

    if missing <> '{}' then
        raise insufficient_privilege using
            message = format('roles missing: %s', array_to_string(missing, ', ')),
            hint = 'Run deploy/postgres/roles.sql once as the superuser, or migrate as the superuser.';
    end if;

    if may_create then
        grant ledger_definer to migrator;
        execute format('grant create on database %I to migrator', current_database());
        -- The pools ask for the same limits; here they hold for psql and for tools as well.
        foreach name in array array[
            'intake_api', 'intake_relay', 'router', 'ledger_writer', 'desk_api',
            'board_reader', 'notify', 'reconciler', 'operator'
        ] loop
            execute format('alter role %I set statement_timeout = %L', name,
                           case name when 'ledger_writer' then '30s' else '15s' end);
            execute format('alter role %I set lock_timeout = %L', name, '10s');
            execute format('alter role %I set idle_in_transaction_session_timeout = %L', name, '15s');
            execute format('alter role %I set synchronous_commit = %L', name, 'on');
        end loop;
        revoke all on schema public from public;
    end if;
end
$$;
