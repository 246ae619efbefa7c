"""Time's door to the ledger: reads nothing, writes nothing of its own; makes owed steps effective."""
