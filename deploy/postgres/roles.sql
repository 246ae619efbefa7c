-- Every database role, made once per server by its superuser; passwords are set from secret files, never here.
-- One role per process (design: a role never shares a process with another); none of them owns a table.
-- Definer roles own the few functions that may see more than their caller; nobody can log in as one.
do $$
declare
    name text;
begin
    -- The owner of the database and of every table; dumps and restores whole tables, hence bypassrls.
    if not exists (select from pg_roles where rolname = 'migrator') then
        create role migrator login nosuperuser createdb bypassrls;
    end if;

    foreach name in array array[
        'intake_api', 'intake_relay', 'router', 'ledger_writer', 'desk_api',
        'board_reader', 'notify', 'appraisal', 'reconciler', 'operator'
    ] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I login nosuperuser nocreatedb nocreaterole nobypassrls', name);
        end if;
        -- The pools ask for the same limits; here they hold for psql and for tools as well.
        execute format('alter role %I set statement_timeout = %L', name,
                       case name when 'ledger_writer' then '30s' else '15s' end);
        execute format('alter role %I set lock_timeout = %L', name, '10s');
        execute format('alter role %I set idle_in_transaction_session_timeout = %L', name, '15s');
        execute format('alter role %I set synchronous_commit = %L', name, 'on');
    end loop;

    foreach name in array array[
        'appraisal_definer', 'clock_definer', 'delivery_definer', 'identity_definer', 'intake_definer', 'ledger_definer',
        'notify_definer', 'reconciler_definer', 'reference_definer', 'vault_definer'
    ] loop
        if not exists (select from pg_roles where rolname = name) then
            execute format('create role %I nologin bypassrls', name);
        end if;
        execute format('grant %I to migrator', name);
    end loop;
end
$$;
