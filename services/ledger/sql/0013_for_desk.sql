-- What the desk's lists need besides 0001: only indexes, small ones, kept by acts and steps and not by openings.

-- Report-in clocks still running: whom an open whistle still waits for, in due order. A call's own row says neither that
-- its whistle has closed nor that a no-show may still come.
create index clocks_to_report_in on ledger.clocks (unit, due_at, case_id)
where kind = 'report_in' and stopped_at is null;

-- Handled and not yet verified.
create index cases_to_verify on ledger.cases (subdistrict, handled_at) where handled_at is not null and closed_at is null;

create index whistles_open on ledger.whistles (blown_at, case_id, number) where closed_at is null;
create index whistles_closed on ledger.whistles (blown_at desc, case_id, number) where closed_at is not null;
