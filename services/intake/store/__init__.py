"""The SQL of intake: one file per promise, one statement per promise."""
