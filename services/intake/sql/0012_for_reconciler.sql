-- What the reconciler compares, and its only way to have something sent again. `written` is the transaction that wrote
-- the row: these tables are only ever inserted into.
create view intake.report_keys as select report_id as id, accepted_at as at, xmin as written from intake.reports;
create view intake.followup_keys as select followup_id as id, at, xmin as written from intake.followups;
create index followups_by_time on intake.followups using brin (at);

create function intake.resend(wanted text, ids uuid[]) returns integer
language sql volatile security definer set search_path = pg_catalog, pg_temp
as $$
    with resent as (
        insert into intake.pending (topic, id)
        select wanted, asked.id from unnest(ids) as asked (id)
        where case wanted
            when 'report.received.v1' then exists (select from intake.reports r where r.report_id = asked.id)
            when 'report.followed_up.v1' then exists (select from intake.followups f where f.followup_id = asked.id)
        end
        returning 1
    )
    select count(*)::integer from resent
$$;

grant usage, create on schema intake to intake_definer;
grant select on intake.reports, intake.followups to intake_definer;
grant select, insert on intake.pending to intake_definer;
alter function intake.resend(text, uuid[]) owner to intake_definer;
revoke create on schema intake from intake_definer;
revoke all on function intake.resend(text, uuid[]) from public;
grant execute on function intake.resend(text, uuid[]) to reconciler, operator;
grant select on intake.report_keys, intake.followup_keys to reconciler;
