-- Sensors that report by signed webhooks: what each notices, and where it stands. Its secret is derived from the key
-- file, so that nothing here opens the door.
create table intake.sensors (
    sensor_id text primary key check (sensor_id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    name text not null check (char_length(name) between 1 and 100),
    item text not null,
    longitude double precision not null check (longitude between -180 and 180),
    latitude double precision not null check (latitude between -90 and 90),
    key_id text not null,
    -- Rises when the secret is renewed; older ones open nothing any more.
    generation integer not null default 1,
    added_at timestamptz not null default clock_timestamp(),
    disabled_at timestamptz
);
alter table intake.sensors enable row level security;
create policy the_window_asks on intake.sensors for select to intake_api using (true);
create policy operators_keep on intake.sensors for all to operator using (true) with check (true);
grant select on intake.sensors to intake_api;
grant select, insert, update on intake.sensors to operator;
