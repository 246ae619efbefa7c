"""The people's door to the ledger: queues, cases, acts. Reads by HTTP under row-level security, owns no table."""
