"""Pages of residents: the one-key report, tracking by code, and the poster. Each asks intake's own doors."""
