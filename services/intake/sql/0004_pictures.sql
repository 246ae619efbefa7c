-- The pictures of a report, for the pages of staff: where their bytes lie, never to somebody who may not see the report.
create function intake.pictures_of(report_id uuid)
returns table (attachment_id uuid, sha256 bytea, media_type text, width integer, height integer)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
    select a.attachment_id, a.sha256, a.media_type, a.width, a.height
    from intake.attachments a join intake.reports r on r.report_id = a.report_id
    where a.report_id = $1 and r.lane = any(identity.current_lanes())
        and not r.barred_units && identity.current_units()
    order by a.uploaded_at
$$;

grant usage, create on schema intake to intake_definer;
grant select on intake.attachments, intake.reports to intake_definer;
grant execute on function identity.current_units(), identity.current_lanes() to intake_definer;
alter function intake.pictures_of(uuid) owner to intake_definer;
revoke create on schema intake from intake_definer;
revoke all on function intake.pictures_of(uuid) from public;
grant usage on schema intake to desk_api;
grant execute on function intake.pictures_of(uuid) to desk_api;
