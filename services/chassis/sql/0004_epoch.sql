-- The epoch: a restore starts a new one. It is part of every uuid5 and of the number's series,
-- so that what was lost between backup and restore can never meet what comes after (design §10).
create table delivery.epochs (
    epoch integer primary key,
    started_at timestamptz not null default clock_timestamp(),
    reason text not null
);
insert into delivery.epochs (epoch, reason) values (1, 'first');

create function delivery.epoch() returns integer
language sql stable security definer set search_path = pg_catalog
as $$ select max(epoch) from delivery.epochs $$;

revoke all on function delivery.epoch() from public;
grant execute on function delivery.epoch()
to intake_api, intake_relay, router, ledger_writer, desk_api, notify, reconciler, operator, ledger_definer;
