"""S0-05: the year's 41,548 reports lived through on real processes that are killed at random."""
