-- The role of the appraisal's process, and what every consumer may do with what the bus could not deliver.
do $$
declare
    may_create constant boolean := (select rolsuper from pg_catalog.pg_roles where rolname = current_user);
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'appraisal') then
        if not may_create then
            raise insufficient_privilege using message = 'roles missing: appraisal',
                hint = 'Run deploy/postgres/roles.sql once as the superuser, or migrate as the superuser.';
        end if;
        create role appraisal login nosuperuser nocreatedb nocreaterole nobypassrls;
    end if;
    if may_create then
        alter role appraisal set statement_timeout = '15s';
        alter role appraisal set lock_timeout = '10s';
        alter role appraisal set idle_in_transaction_session_timeout = '15s';
        alter role appraisal set synchronous_commit = 'on';
    end if;
end
$$;

grant usage on schema delivery to appraisal;
create policy the_appraisal_keeps_its_own on delivery.dead_letters
    for all to appraisal using (consumer = current_user) with check (consumer = current_user);
create policy the_appraisal_keeps_its_own on delivery.crashes
    for all to appraisal using (consumer = current_user) with check (consumer = current_user);
grant select, insert on delivery.dead_letters to appraisal;
grant select, insert, update, delete on delivery.crashes to appraisal;
grant execute on function delivery.epoch() to appraisal;
