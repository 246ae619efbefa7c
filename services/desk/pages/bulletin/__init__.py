"""`/bulletin`: the month as one page that a leader signs."""
