-- By the keys of the cases, whatever the planner believes of the table: planned while it was small, the look read all of
-- it with every batch of openings.
alter function ledger.raise_major(jsonb, bytea[]) set enable_seqscan = off;
alter function ledger.raise_major(jsonb, bytea[]) set enable_hashjoin = off;
alter function ledger.raise_major(jsonb, bytea[]) set enable_mergejoin = off;
