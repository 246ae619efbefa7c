-- A batch of one case was planned anew each time, 0.5 ms of the server's time, since its plan looked cheaper than the
-- kept one, by which larger batches go already.
do $$
begin
    execute format(
        'alter function %s set plan_cache_mode = force_generic_plan', 'ledger.open'::regproc::oid::regprocedure);
end $$;
