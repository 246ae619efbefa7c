"""The SQL that changes a case, one file per promise."""
