-- Who may do what. intake's api writes and answers; its relay reads bodies and empties `pending`; the reconciler reads
-- when a report came in and may ask for it to be sent again; nobody else comes in.
grant usage on schema intake to intake_api, intake_relay, reconciler, operator;
grant usage on schema vault to intake_api, desk_api, notify;

grant usage on sequence intake.serials to intake_api;
grant select, insert on intake.reports, intake.followups to intake_api;
grant select, insert, delete on intake.idempotency to intake_api;
grant select, insert on intake.pending to intake_api;
grant select, insert, delete, update (report_id) on intake.attachments to intake_api;
grant select, insert, update, delete on intake.tail_misses to intake_api;
grant insert on vault.contacts, vault.raw_texts to intake_api;
grant select (report_id, tail_mac) on vault.contacts to intake_api;

create policy the_window_writes on intake.reports for insert to intake_api with check (true);
create policy the_window_answers on intake.reports for select to intake_api using (true);
create policy the_window_writes on intake.followups for insert to intake_api with check (true);
create policy the_window_answers on intake.followups for select to intake_api using (true);
create policy the_window_keeps on intake.idempotency for all to intake_api using (true) with check (true);
create policy the_window_announces on intake.pending for insert to intake_api with check (true);
create policy the_window_looks on intake.pending for select to intake_api using (true);
create policy the_window_keeps on intake.attachments for all to intake_api using (true) with check (true);
create policy the_window_keeps on intake.tail_misses for all to intake_api using (true) with check (true);
create policy the_window_seals on vault.contacts for insert to intake_api with check (true);
create policy the_window_compares on vault.contacts for select to intake_api using (true);
create policy the_window_seals on vault.raw_texts for insert to intake_api with check (true);

grant select, delete on intake.pending to intake_relay;
grant select (report_id, accepted_at, epoch, body) on intake.reports to intake_relay;
grant select (followup_id, at, report_id, body) on intake.followups to intake_relay;
create policy the_relay_empties on intake.pending for all to intake_relay using (true);
create policy the_relay_reads on intake.reports for select to intake_relay using (true);
create policy the_relay_reads on intake.followups for select to intake_relay using (true);

grant select on intake.pending to reconciler, operator;
grant insert on intake.pending to reconciler;
grant select (report_id, accepted_at, lane) on intake.reports to reconciler, operator;
grant select (followup_id, report_id, at, kind) on intake.followups to reconciler, operator;
create policy the_reconciler_compares on intake.reports for select to reconciler, operator using (true);
create policy the_reconciler_compares on intake.followups for select to reconciler, operator using (true);
create policy the_reconciler_compares on intake.pending for select to reconciler, operator using (true);
create policy the_reconciler_resends on intake.pending for insert to reconciler with check (true);

grant execute on function vault.reveal(uuid, text) to desk_api, notify;
