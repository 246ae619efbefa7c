"""Shows the moving whole, live. Reads case.progressed.v1 and the ledger's views for it; writes nothing."""
